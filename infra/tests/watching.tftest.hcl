# What invokes the mailer, and what watches over everything.

mock_provider "aws" {
  source = "./tests/mocks/aws"
}
mock_provider "aws" {
  alias  = "us_east_1"
  source = "./tests/mocks/us-east-1"
}

run "every_alarm_watches_something_that_exists_and_tells_the_operators" {
  command         = apply
  expect_failures = [check.origin]
  variables {
    github_repository = "owner/name"
    github_token      = "token"
  }

  # The metrics and their dimensions as AWS publishes them, according to each service's guide.
  assert {
    condition = alltrue([
      for alarm in concat(values(aws_cloudwatch_metric_alarm.this), values(aws_cloudwatch_metric_alarm.unanswered), values(aws_cloudwatch_metric_alarm.cdn)) : alltrue([
        for metric in concat(
          alarm.metric_name == null ? [] : [{ name = "${alarm.namespace} ${alarm.metric_name}", of = keys(coalesce(alarm.dimensions, {})) }],
          [for query in alarm.metric_query : { name = "${query.metric[0].namespace} ${query.metric[0].metric_name}", of = keys(coalesce(query.metric[0].dimensions, {})) } if length(query.metric) > 0],
          ) : lookup({
            "AWS/CloudFront 5xxErrorRate"                = "DistributionId,Region"
            "AWS/CloudFront FunctionExecutionErrors"     = "FunctionName,Region"
            "AWS/Lambda Errors"                          = "FunctionName"
            "AWS/Lambda Throttles"                       = "FunctionName"
            "AWS/Lambda Duration"                        = "FunctionName"
            "AWS/Lambda IteratorAge"                     = "FunctionName"
            "AWS/ApiGateway 5xx"                         = "ApiId"
            "AWS/ApiGateway Count"                       = "ApiId"
            "AWS/SQS ApproximateNumberOfMessagesVisible" = "QueueName"
            "AWS/SES Reputation.BounceRate"              = ""
            "AWS/SES Reputation.ComplaintRate"           = ""
            "AWS/DynamoDB ReadThrottleEvents"            = "TableName"
            "AWS/DynamoDB WriteThrottleEvents"           = "TableName"
            "AWS/Events FailedInvocations"               = "RuleName"
            "pos MailParked"                             = ""
            "pos MailWaited"                             = ""
            "pos MailWaiting"                            = ""
            "pos RequestsRefused"                        = ""
            "pos RoundsMade"                             = ""
            "pos TrialPassed"                            = ""
            "pos TrialFailed"                            = ""
            "pos Deployed"                               = ""
        }, metric.name, "nobody publishes it") == join(",", metric.of)
      ])
    ])
    error_message = "An alarm watches a metric that nobody publishes."
  }
  assert {
    condition = alltrue(concat(
      [for alarm in concat(values(aws_cloudwatch_metric_alarm.this), values(aws_cloudwatch_metric_alarm.unanswered)) : toset(alarm.alarm_actions) == toset([aws_sns_topic.operators.arn])],
      [for alarm in aws_cloudwatch_metric_alarm.cdn : toset(alarm.alarm_actions) == toset([aws_sns_topic.cdn.arn])],
    ))
    error_message = "Every alarm must tell the operators."
  }
  assert {
    condition     = alltrue([for name, alarm in aws_cloudwatch_metric_alarm.this : alarm.threshold > 0 && (alarm.treat_missing_data == "breaching") == (alarm.comparison_operator == "LessThanThreshold")])
    error_message = "An alarm on something missing must fire if there are no data, and only such an alarm."
  }
  assert {
    condition = sort(keys(aws_cloudwatch_metric_alarm.this)) == sort([
      "deployment-missed", "deployment-old", "mail-bounces", "mail-complaints", "mail-dead", "mail-late", "mail-parked", "mail-waiting", "mailer-behind", "mailer-errors",
      "mailer-silent", "mailer-throttles", "organiser-errors", "organiser-throttles", "requests-refused", "signup-slow", "signup-throttles",
      "table-throttles", "trial-failed", "trial-missed",
    ])
    error_message = "An alarm was added or removed: change docs/watching.md and this list."
  }
  # Of a hundred requests, one may fail: an hour in which more than 14 do is too many, and six hours in which 6 do.
  assert {
    condition     = { for alarm in aws_cloudwatch_metric_alarm.unanswered : one([for q in alarm.metric_query : one(q.metric).period if q.id == "errors"]) => alarm.threshold } == { 3600 = 14.4, 21600 = 6 }
    error_message = "The alarms on the objective must burn 14.4 and 6 times as fast as a month allows."
  }
  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.unanswered : one([for q in alarm.metric_query : q.expression if q.return_data == true]) == "IF(errors >= 3, 100 * errors / requests, 0)"])
    error_message = "The alarms on the objective must compare a share, of at least three errors."
  }
  assert {
    condition = alltrue([
      alltrue([for name in ["MailWaited", "MailWaiting"] : aws_cloudwatch_log_metric_filter.mailer[name].log_group_name == aws_cloudwatch_log_group.mailer.name && aws_cloudwatch_log_metric_filter.mailer[name].metric_transformation[0].value == "$.waited_s"]),
      aws_cloudwatch_log_metric_filter.mailer["MailWaited"].pattern == "{ $.message = \"mail sent\" && $.waited_s >= 0 }",
      aws_cloudwatch_log_metric_filter.mailer["MailWaiting"].pattern == "{ $.message = \"mail failed\" && $.waited_s >= 0 }",
      aws_cloudwatch_log_metric_filter.refused.log_group_name == aws_cloudwatch_log_group.api.name && aws_cloudwatch_log_metric_filter.refused.pattern == "{ $.error_type = \"THROTTLED\" }",
      jsondecode(aws_apigatewayv2_stage.signup.access_log_settings[0].format)["error_type"] == "$context.error.responseType",
    ])
    error_message = "The filters must read what the mailer and the API log."
  }
  assert {
    condition     = alltrue([for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : widget.type == "alarm" || try(length(widget.properties.metrics), 0) > 1]) && length(jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets) == 7
    error_message = "The dashboard must show the alarms and six graphs."
  }
  assert {
    condition     = toset(flatten([for query in aws_cloudwatch_query_definition.this : query.log_group_names])) == toset([for group in [aws_cloudwatch_log_group.signup, aws_cloudwatch_log_group.organiser, aws_cloudwatch_log_group.mailer, aws_cloudwatch_log_group.api] : group.name])
    error_message = "The saved queries must read the logs of this deployment."
  }
  assert {
    condition = alltrue([for name, words in { MailParked = "mail parked", RoundsMade = "rounds made", TrialPassed = "trial passed", TrialFailed = "trial failed" } :
    aws_cloudwatch_log_metric_filter.mailer[name].log_group_name == aws_cloudwatch_log_group.mailer.name && aws_cloudwatch_log_metric_filter.mailer[name].pattern == "{ $.message = \"${words}\" }"])
    error_message = "The filters must count what the mailer logs."
  }
  assert {
    condition     = aws_sns_topic_subscription.operators.endpoint == var.alarm_email && aws_sns_topic_subscription.operators.protocol == "email"
    error_message = "The alarms must reach the operators by mail."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.this["mailer-silent"].period == 3600 && aws_cloudwatch_metric_alarm.this["mailer-behind"].threshold == 600000
    error_message = "An hour without rounds, or ten minutes of waiting, must raise an alarm."
  }
}

run "the_mailer_is_invoked_for_new_mails_for_rounds_and_for_reports" {
  command         = apply
  expect_failures = [check.origin]

  assert {
    condition     = aws_scheduler_schedule.rounds.schedule_expression == "rate(15 minutes)" && jsondecode(aws_scheduler_schedule.rounds.target[0].input) == {}
    error_message = "The rounds must run every quarter of an hour."
  }
  assert {
    condition     = aws_scheduler_schedule.trial.schedule_expression == "cron(20 4 * * ? *)" && jsondecode(aws_scheduler_schedule.trial.target[0].input) == { trial = {} } && aws_scheduler_schedule.trial.target[0].retry_policy[0].maximum_retry_attempts == 0
    error_message = "The trial must be made once a day, at night."
  }
  assert {
    condition     = aws_scheduler_schedule.trial.target[0].arn == aws_lambda_alias.mailer.arn && aws_scheduler_schedule.trial.target[0].role_arn == aws_iam_role.rounds.arn
    error_message = "The trial must be made by the mailer."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.this["trial-missed"].period * aws_cloudwatch_metric_alarm.this["trial-missed"].evaluation_periods == 172800
    error_message = "Two days without a trial must raise an alarm."
  }
  assert {
    condition     = aws_scheduler_schedule.rounds.target[0].role_arn == aws_iam_role.rounds.arn && data.aws_iam_policy_document.rounds.statement[0].resources == toset([aws_lambda_alias.mailer.arn])
    error_message = "The schedule's role must be allowed to invoke the mailer, and nothing else."
  }
  assert {
    condition = jsondecode(one(one(aws_lambda_event_source_mapping.mailer.filter_criteria).filter).pattern) == {
      eventName = ["INSERT"]
      dynamodb  = { Keys = { sk = { S = [{ prefix = "mail#" }] } } }
    }
    error_message = "The stream must invoke the mailer for each new mail, and for nothing else."
  }
  assert {
    condition     = aws_lambda_event_source_mapping.mailer.event_source_arn == aws_dynamodb_table.signups.stream_arn && aws_lambda_event_source_mapping.mailer.starting_position == "TRIM_HORIZON"
    error_message = "The mailer must read the table's stream from its beginning."
  }
  assert {
    condition = alltrue([
      aws_cloudwatch_event_target.reports.arn == aws_lambda_alias.mailer.arn,
      aws_lambda_permission.reports.principal == "events.amazonaws.com" && aws_lambda_permission.reports.source_arn == aws_cloudwatch_event_rule.reports.arn,
      toset(aws_sesv2_configuration_set_event_destination.mail.event_destination[0].matching_event_types) == toset(["BOUNCE", "COMPLAINT"]),
    ])
    error_message = "Bounces and complaints must reach the mailer."
  }
  assert {
    condition     = aws_lambda_function_event_invoke_config.mailer.maximum_retry_attempts == 0 && aws_lambda_function_event_invoke_config.mailer.qualifier == "live"
    error_message = "A failed round must not be tried again before the next one."
  }
  assert {
    condition = alltrue([for permission in [aws_lambda_permission.api, aws_lambda_permission.organiser] :
    permission.principal == "apigateway.amazonaws.com" && permission.action == "lambda:InvokeFunction" && permission.qualifier == "live"])
    error_message = "Each API must be allowed to invoke its function."
  }
}

run "what_only_aws_would_notice" {
  command         = apply
  expect_failures = [check.origin]

  # "CachingDisabled" among the managed cache policies of CloudFront.
  assert {
    condition = alltrue([for behaviour in aws_cloudfront_distribution.site.ordered_cache_behavior :
    endswith(behaviour.path_pattern, ".json") || behaviour.cache_policy_id == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"])
    error_message = "Personal pages must not be cached."
  }
  # signup-fn/src/web/origin.rs reads it.
  assert {
    condition     = alltrue([for origin in aws_cloudfront_distribution.site.origin : alltrue([for header in origin.custom_header : header.name == "x-origin-verify"])])
    error_message = "The CDN must prove itself by the header that the functions read."
  }
  assert {
    condition     = aws_lambda_function.mailer.environment[0].variables["MAIL_CONFIGURATION_SET"] == aws_sesv2_configuration_set.mail.configuration_set_name
    error_message = "Mails must be sent through the configuration set that reports on them."
  }
  assert {
    condition     = alltrue([for each in aws_sesv2_configuration_set_event_destination.mail.event_destination : each.enabled && toset(each.matching_event_types) == toset(["BOUNCE", "COMPLAINT"])])
    error_message = "SES must report bounces and complaints."
  }
  # "Event publishing data that Amazon SES sends to EventBridge": the types as SES spells them there.
  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.reports.event_pattern).detail.eventType == ["Bounce", "Complaint"]
    error_message = "The rule must match what SES sends."
  }
}

run "every_role_can_do_what_its_program_does" {
  command         = apply
  expect_failures = [check.origin]

  assert {
    condition = data.aws_iam_policy_document.table.statement[0].actions == toset([
      "dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem",
    ])
    error_message = "The programs use exactly these operations (the offline run shows it), and those before December 2026 use `GetItem`."
  }
  assert {
    condition     = toset(flatten([for s in data.aws_iam_policy_document.mailer.statement : s.actions])) == toset(["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams", "ses:SendEmail", "ses:SendRawEmail", "sqs:SendMessage", "logs:CreateLogStream", "logs:PutLogEvents"])
    error_message = "The mailer's role must allow what the mailer does, besides the table."
  }
}

run "every_program_has_the_keys_of_this_deployment" {
  command         = apply
  expect_failures = [check.origin]

  assert {
    condition = nonsensitive(alltrue([for f in [aws_lambda_function.signup, aws_lambda_function.organiser, aws_lambda_function.mailer] : alltrue([
      f.environment[0].variables.TOKEN_KEYS == join(",", var.token_keys),
      f.environment[0].variables.IDENTITY_KEY == var.identity_key,
      f.environment[0].variables.TABLE_NAME == aws_dynamodb_table.signups.name,
    ])]))
    error_message = "All programs must sign with the same keys, and use the same table."
  }
  assert {
    condition     = nonsensitive(alltrue([for f in [aws_lambda_function.signup, aws_lambda_function.organiser] : f.environment[0].variables.ORIGIN_SECRETS == join(",", var.origin_secrets)]))
    error_message = "Both functions behind the CDN must know its secrets."
  }
  assert {
    condition     = nonsensitive(alltrue([for f in [aws_lambda_function.organiser, aws_lambda_function.mailer] : f.environment[0].variables.ORGANISERS == local.organisers]))
    error_message = "The organisers' function and the mailer must know the organisers."
  }
  assert {
    condition     = flatten([for s in data.aws_iam_policy_document.mailer.statement : [for c in s.condition : c.values] if contains(s.actions, "ses:SendEmail")]) == [local.mail_address]
    error_message = "The mailer may send only as the sender."
  }
  assert {
    condition = alltrue([
      data.aws_iam_policy_document.site.statement[0].actions == toset(["s3:GetObject", "s3:ListBucket"]),
      flatten([for c in data.aws_iam_policy_document.site.statement[0].condition : c.values]) == [aws_cloudfront_distribution.site.arn],
    ])
    error_message = "Only this CDN may read and list the bucket."
  }
}
