# The settings of this deployment, for laptops and for the workflow alike. None of them is a secret: those are in
# secrets.auto.tfvars.json, which git ignores. Everything that is not set here has a default in variables.tf.
region      = "eu-central-1"
mail_from   = "Perspectief op School <aanmelden@pos.example>"
alarm_email = "beheer@pos.example"

# For your own domain, with its zone in Route 53 (otherwise omit the zone and set certificate_arn):
# domain         = "www.pos.example"
# other_domains  = ["pos.example"] # lead to it
# hosted_zone_id = "Z0123456789ABCDEFGHIJ"

# For .github/workflows/deploy.yml:
# github_repository = "owner/name"
