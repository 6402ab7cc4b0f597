# The mailer: invoked by the table's stream and by the schedule.

resource "aws_lambda_function" "mailer" {
  #checkov:skip=CKV_AWS_50:no tracing; metrics and logs are enough
  #checkov:skip=CKV_AWS_116:the event source mapping has a dead-letter queue; the schedule runs again anyway
  #checkov:skip=CKV_AWS_117:only calls AWS's public endpoints; in a VPC that would need a NAT gateway
  #checkov:skip=CKV_AWS_173:encrypted with the service's own key
  #checkov:skip=CKV_AWS_272:the signing role would be the deploying role
  function_name                  = "${var.name}-mailer"
  role                           = aws_iam_role.mailer.arn
  filename                       = "${var.built}/mailer.zip"
  source_code_hash               = filebase64sha256("${var.built}/mailer.zip")
  runtime                        = "provided.al2023"
  architectures                  = [local.architecture]
  handler                        = "bootstrap"
  memory_size                    = 256
  timeout                        = 25 # shorter than the mail lease of 30 s
  reserved_concurrent_executions = var.mailer_concurrency
  publish                        = true

  environment {
    variables = {
      TABLE_NAME             = aws_dynamodb_table.signups.name
      IDENTITY_KEY           = var.identity_key
      TOKEN_KEYS             = join(",", var.token_keys)
      ORGANISERS             = local.organisers
      MAIL_FROM              = var.mail_from
      MAIL_CONFIGURATION_SET = aws_sesv2_configuration_set.mail.configuration_set_name
    }
  }

  logging_config {
    log_format            = "JSON"
    application_log_level = "INFO"
    system_log_level      = "WARN"
    log_group             = aws_cloudwatch_log_group.mailer.name
  }

  depends_on = [aws_iam_role_policy.mailer]
}

resource "aws_lambda_alias" "mailer" {
  name             = "live"
  description      = "commit ${var.commit}"
  function_name    = aws_lambda_function.mailer.function_name
  function_version = aws_lambda_function.mailer.version

  lifecycle {
    ignore_changes = [function_version, routing_config, description]
  }
}

# EventBridge invokes it asynchronously, for rounds and for reports of SES. Lambda would try a failed round twice more,
# while the next one comes anyway. A report is tried again by the mailer itself, until its timeout.
resource "aws_lambda_function_event_invoke_config" "mailer" {
  function_name                = aws_lambda_function.mailer.function_name
  qualifier                    = aws_lambda_alias.mailer.name
  maximum_retry_attempts       = 0
  maximum_event_age_in_seconds = 900
}

resource "aws_lambda_event_source_mapping" "mailer" {
  event_source_arn  = aws_dynamodb_table.signups.stream_arn
  function_name     = aws_lambda_alias.mailer.arn
  starting_position = "TRIM_HORIZON"
  batch_size        = 10

  # The mailer reports failures per record. After the last retry a record goes to the dead-letter queue.
  # Its mail also stays in the outbox.
  function_response_types            = ["ReportBatchItemFailures"]
  bisect_batch_on_function_error     = true
  maximum_retry_attempts             = 10
  maximum_record_age_in_seconds      = 3600
  maximum_batching_window_in_seconds = 0

  filter_criteria {
    filter {
      pattern = jsonencode({
        eventName = ["INSERT"]
        dynamodb  = { Keys = { sk = { S = [{ prefix = "mail#" }] } } }
      })
    }
  }

  destination_config {
    on_failure {
      destination_arn = aws_sqs_queue.dead.arn
    }
  }
}

# Dead-letter queue. Its messages identify records that the mailer could not handle, and contain no names.
resource "aws_sqs_queue" "dead" {
  name                      = "${var.name}-mailer-dead"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
}

resource "aws_cloudwatch_log_group" "mailer" {
  #checkov:skip=CKV_AWS_158:logs contain no personal data; encrypted with the service's own key
  #checkov:skip=CKV_AWS_338:30 days are enough to investigate a fault, and that purpose does not justify keeping logs for a year
  name              = "/aws/lambda/${var.name}-mailer"
  retention_in_days = 30
}

resource "aws_iam_role" "mailer" {
  name               = "${var.name}-mailer"
  assume_role_policy = data.aws_iam_policy_document.lambda.json
}

resource "aws_iam_role_policy" "mailer" {
  name   = "mailer"
  role   = aws_iam_role.mailer.id
  policy = data.aws_iam_policy_document.mailer.json
}

data "aws_iam_policy_document" "mailer" {
  source_policy_documents = [data.aws_iam_policy_document.table.json]

  statement {
    actions   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
    resources = [aws_dynamodb_table.signups.stream_arn]
  }
  statement {
    # This action does not support resource-level permissions.
    actions   = ["dynamodb:ListStreams"]
    resources = ["*"]
  }
  statement {
    # In SES's sandbox the identity of the recipient counts too, and that is any verified address.
    actions   = ["ses:SendEmail", "ses:SendRawEmail"]
    resources = ["arn:aws:ses:${var.region}:${local.account}:identity/*", aws_sesv2_configuration_set.mail.arn]
    condition {
      test     = "StringEquals"
      variable = "ses:FromAddress"
      values   = [local.mail_address]
    }
  }
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.dead.arn]
  }
  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.mailer.arn}:*"]
  }
}
