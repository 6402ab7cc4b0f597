locals {
  # Contains neither the IP address nor the path, because a path can be a personal link from a mail.
  access_log_format = jsonencode({
    time         = "$context.requestTime"
    request_id   = "$context.requestId"
    method       = "$context.httpMethod"
    status       = "$context.status"
    milliseconds = "$context.responseLatency"
    error        = "$context.integrationErrorMessage"
    error_type   = "$context.error.responseType"
  })
}

resource "aws_apigatewayv2_api" "signup" {
  name          = "${var.name}-signup"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "signup" {
  api_id                 = aws_apigatewayv2_api.signup.id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_alias.signup.invoke_arn
  payload_format_version = "2.0"
  timeout_milliseconds   = 12000 # longer than the function's timeout of 10 s
}

# The function checks the method itself, and lists the allowed methods in its answer.
resource "aws_apigatewayv2_route" "signup" {
  #checkov:skip=CKV_AWS_309:a public form; a secret header proves to the function that the request came through the CDN
  api_id    = aws_apigatewayv2_api.signup.id
  route_key = "ANY ${local.signup_prefix}{proxy+}"
  target    = "integrations/${aws_apigatewayv2_integration.signup.id}"
}

resource "aws_apigatewayv2_stage" "signup" {
  api_id      = aws_apigatewayv2_api.signup.id
  name        = "$default" # the only stage name that adds nothing to the path
  auto_deploy = true

  # Shared by all visitors. The burst is the most that an account has, so that 2,000 people can press the button at the
  # same moment, each with the page after it. The rate bounds what an attack can cost (docs/operate.md, "Limits").
  default_route_settings {
    throttling_rate_limit  = 100
    throttling_burst_limit = 5000
  }

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.api.arn
    format          = local.access_log_format
  }
}

resource "aws_cloudwatch_log_group" "api" {
  #checkov:skip=CKV_AWS_158:logs contain no personal data; encrypted with the service's own key
  #checkov:skip=CKV_AWS_338:30 days are enough to investigate a fault, and that purpose does not justify keeping logs for a year
  name              = "/aws/apigateway/${var.name}-signup"
  retention_in_days = 30
}

resource "aws_lambda_permission" "api" {
  statement_id  = "HttpApi"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.signup.function_name
  qualifier     = aws_lambda_alias.signup.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.signup.execution_arn}/*/*"
}
