# What differs in the second deployment, infra/deploy --staging (docs/operate.md). It wins over settings.auto.tfvars.
name = "pos-staging"

# A domain of its own for mail, because SES knows each domain of an account once.
mail_from = "Proef van Perspectief op School <aanmelden@staging.pos.example>"

# Its address is CloudFront's own, which nobody finds by accident.
domain          = ""
other_domains   = []
hosted_zone_id  = ""
certificate_arn = ""
indexed         = false

# Only the first deployment has a workflow.
github_repository = ""
github_token      = ""

# What the first one may be set to for a while, during a restore.
table_name            = ""
signup_concurrency    = -1
organiser_concurrency = -1
mailer_concurrency    = -1

firewall            = false
deletion_protection = false
