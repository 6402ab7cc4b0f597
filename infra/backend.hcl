# Where Terraform keeps its state: a private, versioned bucket, created once by hand
# (docs/operate.md, step 2). The state contains the secrets, so restrict who can read it.
bucket       = "my-organisation-terraform"
key          = "site.tfstate"
region       = "eu-central-1"
encrypt      = true
use_lockfile = true
