# Roles for GitHub workflows. GitHub identifies the workflow through OIDC, so no access key is stored there.

locals {
  github = var.github_repository == "" ? {} : {
    # Only pull requests from the repository itself: GitHub gives forks no token.
    plan = { subjects = ["pull_request"], policy = "ReadOnlyAccess", more = data.aws_iam_policy_document.plan.json }
    # The protection rules of `production` decide who approves a change. The other one deploys again, without asking,
    # what was approved: allow it main only.
    deploy = { subjects = ["environment:production", "environment:production-again"], policy = "PowerUserAccess", more = data.aws_iam_policy_document.deploy.json }
  }
}

resource "aws_iam_openid_connect_provider" "github" {
  count          = length(local.github) > 0 && var.github_provider_arn == "" ? 1 : 0
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "github" {
  for_each             = local.github
  name                 = "${var.name}-github-${each.key}"
  max_session_duration = 3600
  assume_role_policy   = data.aws_iam_policy_document.github_trust[each.key].json
}

data "aws_iam_policy_document" "github_trust" {
  for_each = local.github
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = coalescelist(aws_iam_openid_connect_provider.github[*].arn, [var.github_provider_arn])
    }
    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = [for subject in each.value.subjects : "repo:${var.github_repository}:${subject}"]
    }
  }
}

resource "aws_iam_role_policy_attachment" "github" {
  for_each   = local.github
  role       = aws_iam_role.github[each.key].name
  policy_arn = "arn:aws:iam::aws:policy/${each.value.policy}"
}

resource "aws_iam_role_policy" "github" {
  for_each = local.github
  name     = each.key
  role     = aws_iam_role.github[each.key].id
  policy   = each.value.more
}

# Neither role may read sign-ups. Both may count them and read the events, to say whom a change concerns.
data "aws_iam_policy_document" "no_sign_ups" {
  statement {
    effect    = "Deny"
    actions   = ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:GetRecords", "dynamodb:PartiQLSelect", "dynamodb:Scan"]
    resources = ["*"]
  }
  statement {
    effect    = "Deny"
    actions   = ["dynamodb:Query"]
    resources = ["*"]
    condition {
      test     = "StringNotEqualsIfExists"
      variable = "dynamodb:Select"
      values   = ["COUNT"]
    }
    condition {
      test     = "ForAnyValue:StringNotEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["events"]
    }
  }
}

# The plan role may read the infrastructure, but not the logs.
data "aws_iam_policy_document" "plan" {
  source_policy_documents = [data.aws_iam_policy_document.no_sign_ups.json]
  statement {
    effect    = "Deny"
    actions   = ["logs:FilterLogEvents", "logs:GetLogEvents", "logs:StartQuery"]
    resources = ["*"]
  }
}

# PowerUserAccess excludes IAM, so this policy adds IAM actions, for the roles of this deployment only.
# A workflow that can create roles can also create one with more rights. So the account's real protection is
# the approval of each deployment.
data "aws_iam_policy_document" "deploy" {
  source_policy_documents = [data.aws_iam_policy_document.no_sign_ups.json]
  statement {
    actions = [
      "iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy",
      "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole",
      "iam:ListRolePolicies", "iam:PassRole", "iam:PutRolePolicy", "iam:TagRole", "iam:UntagRole",
      "iam:UpdateAssumeRolePolicy", "iam:UpdateRole",
    ]
    resources = ["arn:aws:iam::${local.account}:role/${var.name}-*"]
  }
  statement {
    actions = [
      "iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:GetPolicy",
      "iam:GetPolicyVersion", "iam:ListPolicyVersions", "iam:TagPolicy", "iam:UntagPolicy",
    ]
    resources = ["arn:aws:iam::${local.account}:policy/${var.name}-*"]
  }
  statement {
    actions   = ["iam:GetOpenIDConnectProvider"]
    resources = ["arn:aws:iam::${local.account}:oidc-provider/token.actions.githubusercontent.com"]
  }
}
