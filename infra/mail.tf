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
  event_destination_name = "operators"
  event_destination {
    enabled              = true
    matching_event_types = ["BOUNCE", "COMPLAINT"]
    sns_destination {
      topic_arn = aws_sns_topic.operators.arn
    }
  }
  depends_on = [aws_sns_topic_policy.operators]
}
