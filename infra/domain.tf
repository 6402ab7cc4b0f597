# The certificate and all DNS records, if the zone is in Route 53.

locals {
  issue           = var.domain != "" && var.hosted_zone_id != "" && var.certificate_arn == ""
  certificate_arn = local.issue ? one(aws_acm_certificate_validation.site[*].certificate_arn) : var.certificate_arn
}

resource "aws_acm_certificate" "site" {
  count             = local.issue ? 1 : 0
  provider          = aws.us_east_1
  domain_name       = var.domain
  validation_method = "DNS"
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "certificate" {
  count           = local.issue ? 1 : 0
  zone_id         = var.hosted_zone_id
  name            = one(aws_acm_certificate.site[0].domain_validation_options).resource_record_name
  type            = one(aws_acm_certificate.site[0].domain_validation_options).resource_record_type
  records         = [one(aws_acm_certificate.site[0].domain_validation_options).resource_record_value]
  ttl             = 300
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "site" {
  count                   = local.issue ? 1 : 0
  provider                = aws.us_east_1
  certificate_arn         = aws_acm_certificate.site[0].arn
  validation_record_fqdns = aws_route53_record.certificate[*].fqdn
}

resource "aws_route53_record" "site" {
  for_each = var.domain == "" || var.hosted_zone_id == "" ? toset([]) : toset(["A", "AAAA"])
  zone_id  = var.hosted_zone_id
  name     = var.domain
  type     = each.key
  alias {
    name                   = aws_cloudfront_distribution.site.domain_name
    zone_id                = aws_cloudfront_distribution.site.hosted_zone_id
    evaluate_target_health = false
  }
}

# These records prove to SES that the domain is ours, and let it sign mail with DKIM. SES issues three.
resource "aws_route53_record" "dkim" {
  count   = var.hosted_zone_id == "" ? 0 : 3
  zone_id = var.hosted_zone_id
  name    = "${local.dkim_tokens[count.index]}._domainkey.${local.mail_domain}"
  type    = "CNAME"
  records = ["${local.dkim_tokens[count.index]}.dkim.amazonses.com"]
  ttl     = 3600
}
