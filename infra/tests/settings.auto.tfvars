# The settings of all tests, unless one says otherwise.
organisers     = []
mail_from      = "Perspectief op School <aanmelden@pos.test>"
alarm_email    = "beheer@pos.test"
origin_secrets = ["0123456789abcdef0123456789abcdef"]
identity_key   = "0000000000000000000000000000000000000000000000000000000000000000"
token_keys     = ["1111111111111111111111111111111111111111111111111111111111111111"]
