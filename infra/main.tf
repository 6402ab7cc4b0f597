data "aws_caller_identity" "me" {}

locals {
  account = data.aws_caller_identity.me.account_id
  tags    = { Project = var.name, ManagedBy = "terraform" }

  # catalog::address::SIGNUP_PREFIX
  signup_prefix = "/aanmelden/"

  # What was built says what it is for: nothing of it is typed here again.
  architecture = trimspace(file("${var.built}/architecture"))
  origin       = jsondecode(file("${var.built}/dist/function/catalog.json")).origin
  headers      = jsondecode(file("${var.built}/dist/headers.json"))
  redirects    = jsondecode(file("${var.built}/dist/redirects.json"))

  site_url = "https://${var.domain == "" ? aws_cloudfront_distribution.site.domain_name : var.domain}"
}

# What both Lambdas may be assumed by.
data "aws_iam_policy_document" "lambda" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

# A transaction is authorised as the parts that it is made of.
data "aws_iam_policy_document" "table" {
  statement {
    actions = [
      "dynamodb:DeleteItem",
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:Query",
      "dynamodb:UpdateItem",
    ]
    resources = [aws_dynamodb_table.signups.arn]
  }
}

# Forms are taken from the origin alone, and mails link to it.
check "origin" {
  assert {
    condition     = local.origin == local.site_url
    error_message = "content/site.toml has origin = \"${local.origin}\", but the site is at ${local.site_url}: every sign-up would be refused. Put that address there and deploy once more."
  }
}
