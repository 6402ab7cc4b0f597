# The certificate and all DNS records, if the zone is in Route 53.

locals {
  # All host names of the site, its own first.
  hosts           = var.domain == "" ? [] : concat([var.domain], var.other_domains)
  issue           = var.domain != "" && var.hosted_zone_id != "" && var.certificate_arn == ""
  certificate_arn = local.issue ? one(aws_acm_certificate_validation.site[*].certificate_arn) : var.certificate_arn
}

resource "aws_acm_certificate" "site" {
  count                     = local.issue ? 1 : 0
  provider                  = aws.us_east_1
  domain_name               = var.domain
  subject_alternative_names = var.other_domains
  validation_method         = "DNS"
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "certificate" {
  for_each        = toset(local.issue ? local.hosts : [])
  zone_id         = var.hosted_zone_id
  name            = one([for proof in aws_acm_certificate.site[0].domain_validation_options : proof.resource_record_name if proof.domain_name == each.key])
  type            = one([for proof in aws_acm_certificate.site[0].domain_validation_options : proof.resource_record_type if proof.domain_name == each.key])
  records         = [one([for proof in aws_acm_certificate.site[0].domain_validation_options : proof.resource_record_value if proof.domain_name == each.key])]
  ttl             = 300
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "site" {
  count                   = local.issue ? 1 : 0
  provider                = aws.us_east_1
  certificate_arn         = aws_acm_certificate.site[0].arn
  validation_record_fqdns = [for record in aws_route53_record.certificate : record.fqdn]
}

resource "aws_route53_record" "site" {
  for_each = { for pair in setproduct(var.hosted_zone_id == "" ? [] : local.hosts, ["A", "AAAA"]) : join(" ", pair) => pair }
  zone_id  = var.hosted_zone_id
  name     = each.value[0]
  type     = each.value[1]
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
