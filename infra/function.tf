# The sign-up function: answers everything under /aanmelden/.

resource "aws_lambda_function" "signup" {
  #checkov:skip=CKV_AWS_50:no tracing; metrics and logs are enough
  #checkov:skip=CKV_AWS_116:invoked synchronously, so the caller gets the error
  #checkov:skip=CKV_AWS_117:only calls AWS's public endpoints; in a VPC that would need a NAT gateway
  #checkov:skip=CKV_AWS_173:encrypted with the service's own key
  #checkov:skip=CKV_AWS_272:the signing role would be the deploying role
  function_name                  = "${var.name}-signup-fn"
  role                           = aws_iam_role.signup.arn
  filename                       = "${var.built}/signup-fn.zip"
  source_code_hash               = filebase64sha256("${var.built}/signup-fn.zip")
  runtime                        = "provided.al2023"
  architectures                  = [local.architecture]
  handler                        = "bootstrap"
  memory_size                    = 256 # uses 8 MiB; CPU is allocated in proportion to memory
  timeout                        = 10  # the function stops retrying before that
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

  # The programs log JSON, and this makes the platform do so too. WARN drops the platform's start and end
  # lines of each call, which add nothing.
  logging_config {
    log_format            = "JSON"
    application_log_level = "INFO"
    system_log_level      = "WARN"
    log_group             = aws_cloudwatch_log_group.signup.name
  }

  depends_on = [aws_iam_role_policy.signup]
}

# The alias that the API calls. Terraform only creates it: infra/steps/versions moves it forward, a tenth of the requests
# first, and back.
resource "aws_lambda_alias" "signup" {
  name             = "live"
  description      = "commit ${var.commit}"
  function_name    = aws_lambda_function.signup.function_name
  function_version = aws_lambda_function.signup.version

  lifecycle {
    ignore_changes = [function_version, routing_config, description]
  }
}

resource "aws_cloudwatch_log_group" "signup" {
  #checkov:skip=CKV_AWS_158:logs contain no personal data; encrypted with the service's own key
  #checkov:skip=CKV_AWS_338:30 days are enough to investigate a fault, and that purpose does not justify keeping logs for a year
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
