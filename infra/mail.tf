locals {
  mail_address = regex("([^<>\\s]+@[^<>\\s]+?)>?$", var.mail_from)[0]
  mail_domain  = split("@", local.mail_address)[1]
  dkim_tokens  = flatten(aws_sesv2_email_identity.sender.dkim_signing_attributes[*].tokens)
}

resource "aws_sesv2_email_identity" "sender" {
  email_identity         = local.mail_domain
  configuration_set_name = aws_sesv2_configuration_set.mail.configuration_set_name
}

resource "aws_sesv2_configuration_set" "mail" {
  configuration_set_name = "${var.name}-mail"
  delivery_options {
    tls_policy = "REQUIRE"
  }
  reputation_options {
    reputation_metrics_enabled = true
  }
  suppression_options {
    suppressed_reasons = ["BOUNCE", "COMPLAINT"]
  }
}

resource "aws_sesv2_configuration_set_event_destination" "mail" {
  configuration_set_name = aws_sesv2_configuration_set.mail.configuration_set_name
  event_destination_name = "reports"
  event_destination {
    enabled              = true
    matching_event_types = ["BOUNCE", "COMPLAINT"]
    event_bridge_destination {
      event_bus_arn = "arn:aws:events:${var.region}:${local.account}:event-bus/default"
    }
  }
}

# The mailer notes bounces and complaints with the mail, where organisers see them.
resource "aws_cloudwatch_event_rule" "reports" {
  name        = "${var.name}-mail-reports"
  description = "Bounces and complaints about mails of this site."
  event_pattern = jsonencode({
    source = ["aws.ses"]
    detail = {
      eventType = ["Bounce", "Complaint"]
      mail = {
        tags = { "ses:configuration-set" = [aws_sesv2_configuration_set.mail.configuration_set_name] }
      }
    }
  })
}

resource "aws_cloudwatch_event_target" "reports" {
  rule = aws_cloudwatch_event_rule.reports.name
  arn  = aws_lambda_alias.mailer.arn
}

resource "aws_lambda_permission" "reports" {
  statement_id  = "MailReports"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.mailer.function_name
  qualifier     = aws_lambda_alias.mailer.name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.reports.arn
}
