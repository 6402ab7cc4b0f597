# ---- the operator's: terraform.tfvars ----

variable "mail_from" {
  description = "Who mails are from: an address at a domain of yours, with or without a name."
  type        = string

  validation {
    condition     = can(regex("^([^<>]+ <[^@<>\\s]+@[^@<>\\s]+>|[^@<>\\s]+@[^@<>\\s]+)$", var.mail_from))
    error_message = "mail_from is `name <address>` or an address."
  }
}

variable "alarm_email" {
  description = "Who is told of alarms, bounces and the budget."
  type        = string
}

variable "domain" {
  description = "Host name of the site; empty: CloudFront's own. It must be that of `origin` in content/site.toml."
  type        = string
  default     = ""
}

variable "hosted_zone_id" {
  description = "Route 53 zone that holds `domain` and the domain of `mail_from`: the certificate and all records are made by us."
  type        = string
  default     = ""
}

variable "certificate_arn" {
  description = "Certificate for `domain`, where its zone is not in Route 53."
  type        = string
  default     = ""

  validation {
    condition     = var.certificate_arn == "" || startswith(var.certificate_arn, "arn:aws:acm:us-east-1:")
    error_message = "CloudFront takes certificates from us-east-1 alone."
  }
}

variable "name" {
  description = "What the names of all resources begin with; another name is another deployment."
  type        = string
  default     = "pos"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,20}$", var.name))
    error_message = "name is 2 to 21 of a-z, 0-9 and `-`, and begins with a letter."
  }
}

variable "region" {
  description = "Where everything is that is not at CloudFront's edges: Frankfurt, the nearest to the Netherlands that has all of it."
  type        = string
  default     = "eu-central-1"
}

variable "github_repository" {
  description = "`owner/name` of the repository whose workflows may plan and deploy; empty: none."
  type        = string
  default     = ""
}

variable "monthly_budget_usd" {
  description = "A mail goes out when four fifths of this are foreseen, and when it is spent."
  type        = number
  default     = 10
}

variable "firewall" {
  description = "A limit per visitor and the known attacks, at the edge. 7 dollars a month, so it is off until there is a reason."
  type        = bool
  default     = false
}

# A new account has ten in all and lets none be reserved. The API's throttle bounds what is asked anyhow.
variable "signup_concurrency" {
  description = "The most sign-ups at once, reserved for it; -1: what the account has."
  type        = number
  default     = -1
}

variable "mailer_concurrency" {
  description = "The most mailers at once, reserved for it; -1: what the account has."
  type        = number
  default     = -1
}

variable "table_name" {
  description = "The table of sign-ups, after it was restored under another name; empty: its own."
  type        = string
  default     = ""
}

variable "deletion_protection" {
  description = "Keeps table and bucket, and what is in them, from being destroyed."
  type        = bool
  default     = true
}

# ---- secrets: secrets.auto.tfvars.json, or TF_VAR_… in the environment ----

variable "origin_secrets" {
  description = "By which the function knows the CDN: the first is sent, all are believed."
  type        = list(string)
  sensitive   = true

  validation {
    condition     = contains([1, 2], length(var.origin_secrets)) && alltrue([for s in var.origin_secrets : can(regex("^[A-Za-z0-9_-]{32,}$", s))])
    error_message = "origin_secrets are one or two texts of at least 32 letters, digits, `_` and `-`."
  }
}

variable "identity_key" {
  description = "By which people are told apart; never change it while an event is open."
  type        = string
  sensitive   = true

  validation {
    condition     = can(regex("^[0-9a-f]{64}$", var.identity_key))
    error_message = "identity_key is 64 hexadecimal digits."
  }
}

variable "token_keys" {
  description = "What links in mails are signed with: the first signs, all are believed."
  type        = list(string)
  sensitive   = true

  validation {
    condition     = length(var.token_keys) > 0 && alltrue([for k in var.token_keys : can(regex("^[0-9a-f]{64}$", k))])
    error_message = "token_keys are one or more keys of 64 hexadecimal digits."
  }
}

# ---- where infra/build and site-gen write; terraform test has another ----

variable "built" {
  description = "Both zips, what they are built for, and dist/. Relative, so that a deployment from elsewhere finds nothing changed."
  type        = string
  default     = "../target/deploy"
}
