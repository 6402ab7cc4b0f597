# The sign-up function: answers everything under /aanmelden/.

resource "aws_lambda_function" "signup" {
  #checkov:skip=CKV_AWS_50:metrics and log lines tell enough; no tracing
  #checkov:skip=CKV_AWS_116:called synchronously: who asks gets the error
  #checkov:skip=CKV_AWS_117:reaches AWS's public endpoints alone; a VPC would need a NAT for that
  #checkov:skip=CKV_AWS_173:encrypted with the service's own key
  #checkov:skip=CKV_AWS_272:the role that would sign is the one that deploys
  function_name                  = "${var.name}-signup-fn"
  role                           = aws_iam_role.signup.arn
  filename                       = "${var.built}/signup-fn.zip"
  source_code_hash               = filebase64sha256("${var.built}/signup-fn.zip")
  runtime                        = "provided.al2023"
  architectures                  = [local.architecture]
  handler                        = "bootstrap"
  memory_size                    = 256 # it needs 8 MiB; the processor comes in proportion
  timeout                        = 10  # its retries end before that
  reserved_concurrent_executions = var.signup_concurrency
  publish                        = true

  environment {
    variables = {
      TABLE_NAME     = aws_dynamodb_table.signups.name
      IDENTITY_KEY   = var.identity_key
      TOKEN_KEYS     = join(",", var.token_keys)
      ORIGIN_SECRETS = join(",", var.origin_secrets)
    }
  }

  # The programs write JSON themselves; with this the platform does too. A start and an end per call say nothing.
  logging_config {
    log_format            = "JSON"
    application_log_level = "INFO"
    system_log_level      = "WARN"
    log_group             = aws_cloudwatch_log_group.signup.name
  }

  depends_on = [aws_iam_role_policy.signup]
}

# What the API calls. A deployment moves it on, `infra/deploy --rollback` moves it back.
resource "aws_lambda_alias" "signup" {
  name             = "live"
  function_name    = aws_lambda_function.signup.function_name
  function_version = aws_lambda_function.signup.version
}

resource "aws_cloudwatch_log_group" "signup" {
  #checkov:skip=CKV_AWS_158:nothing personal is logged; encrypted with the service's own key
  #checkov:skip=CKV_AWS_338:thirty days are enough to look into something, and a year is more than one may keep for it
  name              = "/aws/lambda/${var.name}-signup-fn"
  retention_in_days = 30
}

resource "aws_iam_role" "signup" {
  name               = "${var.name}-signup-fn"
  assume_role_policy = data.aws_iam_policy_document.lambda.json
}

resource "aws_iam_role_policy" "signup" {
  name   = "signup-fn"
  role   = aws_iam_role.signup.id
  policy = data.aws_iam_policy_document.signup.json
}

data "aws_iam_policy_document" "signup" {
  source_policy_documents = [data.aws_iam_policy_document.table.json]

  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.signup.arn}:*"]
  }
}
