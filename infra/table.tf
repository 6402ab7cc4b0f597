resource "aws_dynamodb_table" "signups" {
  #checkov:skip=CKV_AWS_119:encrypted with the service's own key; a key of ours costs a dollar a month and shuts nobody out within one account
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

  # The mailer needs only the keys, and without images the stream contains no names.
  stream_enabled   = true
  stream_view_type = "KEYS_ONLY"

  ttl {
    attribute_name = "forget_at"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  # A plan that would destroy it is refused, whatever the settings say (docs/operate.md, "A plan that destroys").
  lifecycle {
    prevent_destroy = true
  }
}
