# Outputs for infra/deploy and the operator.

output "name" {
  value = var.name
}

output "cdn" {
  value = aws_cloudfront_distribution.site.domain_name
}

output "mail_domain" {
  value = local.mail_domain
}

output "alarm_topic" {
  value = aws_sns_topic.operators.arn
}

output "cdn_alarm_topic" {
  value = aws_sns_topic.cdn.arn
}

output "site_url" {
  value = local.site_url
}

output "api_url" {
  value = aws_apigatewayv2_api.signup.api_endpoint
}

output "region" {
  value = var.region
}

output "bucket" {
  value = aws_s3_bucket.site.id
}

output "distribution" {
  value = aws_cloudfront_distribution.site.id
}

output "table" {
  value = aws_dynamodb_table.signups.name
}

# Function => its newest version.
output "functions" {
  value = { for function in [aws_lambda_function.signup, aws_lambda_function.mailer, aws_lambda_function.organiser] : function.function_name => function.version }
}

# The names of all alarms in this region. Those of a second deployment begin alike.
output "alarms" {
  value = [for alarm in concat(values(aws_cloudwatch_metric_alarm.this), values(aws_cloudwatch_metric_alarm.unanswered)) : alarm.alarm_name]
}

# DNS records to create by hand, if the zone is not in Route 53.
output "records" {
  value = var.hosted_zone_id != "" ? {} : merge(
    { for token in local.dkim_tokens :
    "${token}._domainkey.${local.mail_domain}" => "CNAME ${token}.dkim.amazonses.com" },
    # A domain without a subdomain cannot be a CNAME: DNS providers call what it needs ALIAS, ANAME or flattening.
    { for host in local.hosts : host => "CNAME ${aws_cloudfront_distribution.site.domain_name}" },
  )
}

output "github_roles" {
  value = { for name, role in aws_iam_role.github : name => role.arn }
}
