resource "aws_apigatewayv2_api" "signup" {
  name          = "${var.name}-signup"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "signup" {
  api_id                 = aws_apigatewayv2_api.signup.id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_alias.signup.invoke_arn
  payload_format_version = "2.0"
  timeout_milliseconds   = 12000 # longer than the function's own
}

# The function knows its methods itself, and says which ones in its answer.
resource "aws_apigatewayv2_route" "signup" {
  #checkov:skip=CKV_AWS_309:a public form; that it comes through the CDN the function checks by a secret
  api_id    = aws_apigatewayv2_api.signup.id
  route_key = "ANY ${local.signup_prefix}{proxy+}"
  target    = "integrations/${aws_apigatewayv2_integration.signup.id}"
}

resource "aws_apigatewayv2_stage" "signup" {
  api_id      = aws_apigatewayv2_api.signup.id
  name        = "$default" # the one that adds nothing to the path
  auto_deploy = true

  # For all visitors together. A session of 40 seats is full after 4 seconds of this.
  default_route_settings {
    throttling_rate_limit  = 10
    throttling_burst_limit = 20
  }

  # Neither an address nor a path: a path holds the link out of a mail.
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.api.arn
    format = jsonencode({
      time         = "$context.requestTime"
      request_id   = "$context.requestId"
      method       = "$context.httpMethod"
      status       = "$context.status"
      milliseconds = "$context.responseLatency"
      error        = "$context.integrationErrorMessage"
    })
  }
}

resource "aws_cloudwatch_log_group" "api" {
  #checkov:skip=CKV_AWS_158:nothing personal is logged; encrypted with the service's own key
  #checkov:skip=CKV_AWS_338:thirty days are enough to look into something, and a year is more than one may keep for it
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
