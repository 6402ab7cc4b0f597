# The organisers' area: a function of its own behind an API of its own, so that a rush for seats does not keep
# organisers out, and the public function keeps its size and rights.

resource "aws_lambda_function" "organiser" {
  #checkov:skip=CKV_AWS_50:no tracing; metrics and logs are enough
  #checkov:skip=CKV_AWS_116:invoked synchronously, so the caller gets the error
  #checkov:skip=CKV_AWS_117:only calls AWS's public endpoints; in a VPC that would need a NAT gateway
  #checkov:skip=CKV_AWS_173:encrypted with the service's own key
  #checkov:skip=CKV_AWS_272:the signing role would be the deploying role
  function_name                  = "${var.name}-organiser"
  role                           = aws_iam_role.organiser.arn
  filename                       = "${var.built}/organiser.zip"
  source_code_hash               = filebase64sha256("${var.built}/organiser.zip")
  runtime                        = "provided.al2023"
  architectures                  = [local.architecture]
  handler                        = "bootstrap"
  memory_size                    = 256
  timeout                        = 10 # the function stops retrying before that
  reserved_concurrent_executions = var.organiser_concurrency
  publish                        = true

  environment {
    variables = {
      TABLE_NAME     = aws_dynamodb_table.signups.name
      IDENTITY_KEY   = var.identity_key
      TOKEN_KEYS     = join(",", var.token_keys)
      ORIGIN_SECRETS = join(",", var.origin_secrets)
      ORGANISERS     = local.organisers
    }
  }

  logging_config {
    log_format            = "JSON"
    application_log_level = "INFO"
    system_log_level      = "WARN"
    log_group             = aws_cloudwatch_log_group.organiser.name
  }

  depends_on = [aws_iam_role_policy.organiser]
}

resource "aws_lambda_alias" "organiser" {
  name             = "live"
  description      = "commit ${var.commit}"
  function_name    = aws_lambda_function.organiser.function_name
  function_version = aws_lambda_function.organiser.version

  lifecycle {
    ignore_changes = [function_version, routing_config, description]
  }
}

resource "aws_cloudwatch_log_group" "organiser" {
  #checkov:skip=CKV_AWS_158:logs contain no personal data; encrypted with the service's own key
  #checkov:skip=CKV_AWS_338:30 days are enough to investigate a fault, and that purpose does not justify keeping logs for a year
  name              = "/aws/lambda/${var.name}-organiser"
  retention_in_days = 30
}

resource "aws_iam_role" "organiser" {
  name               = "${var.name}-organiser"
  assume_role_policy = data.aws_iam_policy_document.lambda.json
}

resource "aws_iam_role_policy" "organiser" {
  name   = "organiser"
  role   = aws_iam_role.organiser.id
  policy = data.aws_iam_policy_document.organiser.json
}

data "aws_iam_policy_document" "organiser" {
  source_policy_documents = [data.aws_iam_policy_document.table.json]

  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.organiser.arn}:*"]
  }
}

resource "aws_apigatewayv2_api" "organiser" {
  name          = "${var.name}-organiser"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "organiser" {
  api_id                 = aws_apigatewayv2_api.organiser.id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_alias.organiser.invoke_arn
  payload_format_version = "2.0"
  timeout_milliseconds   = 12000 # longer than the function's timeout of 10 s
}

# The function knows its own addresses. It checks the log-in and the method itself.
resource "aws_apigatewayv2_route" "organiser" {
  #checkov:skip=CKV_AWS_309:the function checks the log-in; a secret header proves to it that the request came through the CDN
  api_id    = aws_apigatewayv2_api.organiser.id
  route_key = "$default"
  target    = "integrations/${aws_apigatewayv2_integration.organiser.id}"
}

resource "aws_apigatewayv2_stage" "organiser" {
  api_id      = aws_apigatewayv2_api.organiser.id
  name        = "$default"
  auto_deploy = true

  default_route_settings {
    throttling_rate_limit  = 10
    throttling_burst_limit = 20
  }

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.api.arn
    format          = local.access_log_format
  }
}

resource "aws_lambda_permission" "organiser" {
  statement_id  = "HttpApi"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.organiser.function_name
  qualifier     = aws_lambda_alias.organiser.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.organiser.execution_arn}/*/*"
}

# Forwards what the function reads: the two cookies of organisers, and no query string.
resource "aws_cloudfront_origin_request_policy" "organiser" {
  name = "${var.name}-organiser"
  headers_config {
    header_behavior = "whitelist"
    headers {
      items = ["CloudFront-Viewer-Address", "Content-Type", "Origin", "Sec-Fetch-Site"]
    }
  }
  cookies_config {
    cookie_behavior = "whitelist"
    cookies {
      items = ["__Host-aanvraag", "__Host-beheer"]
    }
  }
  query_strings_config {
    query_string_behavior = "none"
  }
}
