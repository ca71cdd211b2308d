import { Duration } from 'aws-cdk-lib'
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import { Alarm, ComparisonOperator, MathExpression, TreatMissingData, type IMetric } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { Topic } from 'aws-cdk-lib/aws-sns'
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions'
import type { Construct } from 'constructs'
import type { EventsQueue } from './events-queue.ts'
import type { Functions } from './functions.ts'
import type { Settings } from './settings.ts'

/** Resources that alarms and the dashboard watch. */
export interface Watched {
  readonly functions: Functions
  readonly events: EventsQueue
  readonly httpApi: HttpApi
  readonly backfill: StateMachine
}

const FIVE_MINUTES = { period: Duration.minutes(5), statistic: 'Sum' }

/** Creates the alarms. The description of each says what to do; docs/deploy.md lists them. */
export function createAlarms (
  scope: Construct,
  { alarmTopicArn }: Settings,
  { functions, events, httpApi, backfill }: Watched
): Alarm[] {
  const action =
    alarmTopicArn === undefined ? undefined : new SnsAction(Topic.fromTopicArn(scope, 'AlarmTopic', alarmTopicArn))
  const alarms: Alarm[] = []
  const watch = (id: string, metric: IMetric, threshold: number, description: string, evaluationPeriods = 1): void => {
    const alarm = new Alarm(scope, id, {
      metric,
      threshold,
      evaluationPeriods,
      alarmDescription: description,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING
    })
    if (action !== undefined) alarm.addAlarmAction(action)
    alarms.push(alarm)
  }
  watch(
    'DeadLettersAlarm',
    events.deadLetters.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: 'Maximum' }),
    0,
    'A message failed five times. Find the cause in the log of the events function, fix it, then redrive the queue.'
  )
  // A failed message returns after half an hour, which is not worth an alarm.
  watch(
    'QueueAgeAlarm',
    events.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5), statistic: 'Maximum' }),
    3600,
    'A message is older than an hour: videos arrive faster than they are processed, or messages fail repeatedly.',
    2
  )
  for (const [name, fn] of Object.entries(functions)) {
    const id = `${name[0]?.toUpperCase()}${name.slice(1)}`
    watch(
      `${id}ErrorsAlarm`,
      fn.metricErrors(FIVE_MINUTES),
      name === 'batch' ? 50 : 5,
      `The ${name} function crashed, ran out of memory or timed out. Its log says which.`
    )
    watch(
      `${id}ThrottlesAlarm`,
      fn.metricThrottles(FIVE_MINUTES),
      name === 'batch' ? 1000 : 10,
      `The ${name} function was throttled: it reached its reserved concurrency or the limit of the account.`,
      2
    )
  }
  const [serverErrors, count] = [httpApi.metricServerError(FIVE_MINUTES), httpApi.metricCount(FIVE_MINUTES)]
  watch(
    'ServerErrorsAlarm',
    new MathExpression({
      expression: 'IF(requests > 20, 100 * failed / requests, 0)',
      usingMetrics: { failed: serverErrors, requests: count },
      period: Duration.minutes(5),
      label: 'per cent 5xx'
    }),
    5,
    'More than 5 per cent of at least 20 requests got a 5xx. The log of the api function has their error codes.',
    2
  )
  watch(
    'BackfillFailedAlarm',
    backfill.metricFailed(FIVE_MINUTES),
    0,
    'A backfill stopped because too many tasks failed. The results under jobs/backfill/ have their errors.'
  )
  return alarms
}
