resource "aws_dynamodb_table" "signups" {
  #checkov:skip=CKV_AWS_119:encrypted with the service's own key; one of ours costs a dollar a month and parts nobody from it within one account
  name                        = var.table_name == "" ? "${var.name}-signups" : var.table_name
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "pk"
  range_key                   = "sk"
  deletion_protection_enabled = var.deletion_protection

  attribute {
    name = "pk"
    type = "S"
  }
  attribute {
    name = "sk"
    type = "S"
  }

  # The mailer needs no more, and so the stream holds nobody's name.
  stream_enabled   = true
  stream_view_type = "KEYS_ONLY"

  ttl {
    attribute_name = "forget_at"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }
}
