data "aws_caller_identity" "me" {}

locals {
  account = data.aws_caller_identity.me.account_id
  tags    = { Project = var.name, ManagedBy = "terraform" }

  # Must equal catalog::address::SIGNUP_PREFIX.
  signup_prefix = "/aanmelden/"

  # Must equal catalog::organiser::address::ORGANISER_PREFIX.
  organiser_prefix = "/beheer/"

  # As the functions read it.
  organisers = join("; ", [for one in var.organisers : "${one.name} <${one.email}>"])

  # Read from the build outputs, so that Terraform never hard-codes them.
  architecture = trimspace(file("${var.built}/architecture"))
  origin       = jsondecode(file("${var.built}/dist/function/catalog.json")).origin
  headers      = jsondecode(file("${var.built}/dist/headers.json"))
  redirects    = jsondecode(file("${var.built}/dist/redirects.json"))

  site_url = "https://${var.domain == "" ? aws_cloudfront_distribution.site.domain_name : var.domain}"
}

# Trust policy of all Lambda roles.
data "aws_iam_policy_document" "lambda" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

# DynamoDB authorises a transaction by the individual actions in it. Programs before December 2026 read with `GetItem`: a
# deployment leaves them at work for some minutes, and a rollback puts them back.
data "aws_iam_policy_document" "table" {
  statement {
    actions = [
      "dynamodb:BatchGetItem",
      "dynamodb:ConditionCheckItem",
      "dynamodb:DeleteItem",
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:Query",
      "dynamodb:UpdateItem",
    ]
    resources = [aws_dynamodb_table.signups.arn]
  }
}

# The function only accepts forms from the origin, and mails link to it.
check "origin" {
  assert {
    condition     = local.origin == local.site_url
    error_message = "content/site.toml has origin = \"${local.origin}\", but the site is at ${local.site_url}: every sign-up would be refused. Set origin to that address and deploy again."
  }
}
