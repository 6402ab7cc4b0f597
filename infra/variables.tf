# ---- settings: settings.auto.tfvars, which a laptop and the workflow share ----

variable "mail_from" {
  description = "Sender of all mail: an address at a domain of yours, with or without a display name."
  type        = string

  validation {
    condition     = can(regex("^([^<>]+ <[^@<>\\s]+@[^@<>\\s]+>|[^@<>\\s]+@[^@<>\\s]+)$", var.mail_from))
    error_message = "mail_from must be an address or `name <address>`."
  }
}

variable "alarm_email" {
  description = "Address that receives alarms and budget notifications."
  type        = string
}

# Among the secrets, because names and addresses of people do not belong in a repository. It has no default, so that a
# deployment that lacks them cannot take everybody off the list.
variable "organisers" {
  description = "Who may use the organisers' area at /beheer/: names and addresses. Whoever is removed is logged out at once."
  type        = list(object({ name = string, email = string }))
  sensitive   = true # a plan is printed in a workflow's log

  validation {
    condition     = alltrue([for one in var.organisers : can(regex("^[^<>;]+$", one.name)) && can(regex("^[^<>;@\\s]+@[^<>;@\\s]+$", one.email))])
    error_message = "Each of the organisers needs a name without <, > and ;, and an email address."
  }
}

variable "domain" {
  description = "Host name of the site, which must equal that of `origin` in content/site.toml. Empty: CloudFront's own host name."
  type        = string
  default     = ""
}

variable "other_domains" {
  description = "Other host names that lead to `domain`, such as the one without `www.`."
  type        = list(string)
  default     = []
}

variable "hosted_zone_id" {
  description = "Route 53 zone that holds `domain` and the domain of `mail_from`. Terraform then creates the certificate and all DNS records."
  type        = string
  default     = ""
}

variable "certificate_arn" {
  description = "ACM certificate for `domain`, if its zone is not in Route 53."
  type        = string
  default     = ""

  validation {
    condition     = var.certificate_arn == "" || startswith(var.certificate_arn, "arn:aws:acm:us-east-1:")
    error_message = "CloudFront only accepts certificates from us-east-1."
  }
}

variable "name" {
  description = "Prefix of all resource names. A different name makes a separate deployment."
  type        = string
  default     = "pos"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,20}$", var.name))
    error_message = "name must be 2 to 21 characters of a-z, 0-9 and `-`, and start with a letter."
  }
}

variable "region" {
  description = "Region of everything that is not at CloudFront's edges. Frankfurt is the region nearest to the Netherlands that has every service."
  type        = string
  default     = "eu-central-1"
}

variable "hsts" {
  description = "For whom browsers must use HTTPS for two years: `host`, `subdomains` (and the host), or `preload` (the same, and built into browsers). The last two bind every host below the domain, and cannot be taken back soon."
  type        = string
  default     = "host"

  validation {
    condition     = contains(["host", "subdomains", "preload"], var.hsts)
    error_message = "hsts must be `host`, `subdomains` or `preload`."
  }
}

variable "indexed" {
  description = "Whether search engines may show the site."
  type        = bool
  default     = true
}

variable "github_provider_arn" {
  description = "The account's OIDC provider for GitHub, if it already has one: an account has only one. Empty: Terraform creates it."
  type        = string
  default     = ""
}

variable "github_repository" {
  description = "`owner/name` of the repository whose workflows may plan and deploy. Empty: none."
  type        = string
  default     = ""
}

variable "monthly_budget_usd" {
  description = "Monthly budget in US dollars. AWS sends a mail when the forecast exceeds 80% of it, and when actual spending exceeds it."
  type        = number
  default     = 10
}

variable "firewall" {
  description = "Whether AWS WAF protects the site at the edge: a rate limit per IP address, and rules against known attacks. Off by default, because it costs 7 dollars a month."
  type        = bool
  default     = false
}

# A new account has ten concurrent executions in all and cannot reserve any of them. In an account with more, this keeps
# a rush of sign-ups from taking those that the mailer and the organisers need.
variable "signup_concurrency" {
  description = "Reserved concurrency of the sign-up function. -1: none reserved, only the account's limit applies."
  type        = number
  default     = -1
}

variable "organiser_concurrency" {
  description = "Reserved concurrency of the organisers' function. -1: none reserved, only the account's limit applies."
  type        = number
  default     = -1
}

variable "mailer_concurrency" {
  description = "Reserved concurrency of the mailer. -1: none reserved, only the account's limit applies."
  type        = number
  default     = -1
}

variable "table_name" {
  description = "Name of the sign-up table after a restore under another name. Empty: the default, `<name>-signups`."
  type        = string
  default     = ""
}

variable "deletion_protection" {
  description = "Whether the table, the bucket and their contents are protected from deletion."
  type        = bool
  default     = true
}

# ---- secrets: secrets.auto.tfvars.json, or TF_VAR_… in the environment ----

variable "origin_secrets" {
  description = "Secrets that authenticate the CDN to the function. The CDN sends the first; the function accepts them all."
  type        = list(string)
  sensitive   = true

  validation {
    condition     = contains([1, 2], length(var.origin_secrets)) && alltrue([for s in var.origin_secrets : can(regex("^[A-Za-z0-9_-]{32,}$", s))])
    error_message = "origin_secrets must be one or two strings of at least 32 letters, digits, `_` or `-`."
  }
}

variable "identity_key" {
  description = "Key of the hash that identifies participants. Never change it while an event is open."
  type        = string
  sensitive   = true

  validation {
    condition     = can(regex("^[0-9a-f]{64}$", var.identity_key))
    error_message = "identity_key must be 64 hexadecimal digits."
  }
}

variable "token_keys" {
  description = "Keys that sign the links in mails. The first signs new links; links signed with any of them are accepted."
  type        = list(string)
  sensitive   = true

  validation {
    condition     = length(var.token_keys) > 0 && alltrue([for k in var.token_keys : can(regex("^[0-9a-f]{64}$", k))])
    error_message = "token_keys must be one or more keys of 64 hexadecimal digits."
  }
}

variable "github_token" {
  description = "Token that may start workflows of `github_repository`, so that a deployment runs when the site next changes by itself. Empty: only the nightly workflow runs."
  type        = string
  default     = ""
  sensitive   = true
}

# ---- set by infra/deploy ----

variable "commit" {
  description = "What is deployed, as `git describe` names it. The aliases of the functions record it."
  type        = string
  default     = "unknown"
}

# ---- output folder of infra/build and site-gen; terraform test sets another ----

variable "built" {
  description = "Folder with the three zips, their architecture and dist/. Relative, so that a deployment from another checkout shows no changes."
  type        = string
  default     = "../target/deploy"
}
