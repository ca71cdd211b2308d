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

/** What is watched. */
export interface Watched {
  readonly functions: Functions
  readonly events: EventsQueue
  readonly httpApi: HttpApi
  readonly backfill: StateMachine
}

const FIVE_MINUTES = { period: Duration.minutes(5), statistic: 'Sum' }

/** The alarms, and whom they tell. Each says in its description what to do; docs/deploy.md lists them. */
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
    'A message failed five times. The log of the events function says why; mend it, then redrive the queue.'
  )
  // One that failed once comes again after half an hour, which is no alarm.
  watch(
    'QueueAgeAlarm',
    events.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5), statistic: 'Maximum' }),
    3600,
    'A message is older than an hour: more arrives than is made, or messages fail again and again.',
    2
  )
  for (const [name, fn] of Object.entries(functions)) {
    const id = `${name[0]?.toUpperCase()}${name.slice(1)}`
    watch(
      `${id}ErrorsAlarm`,
      fn.metricErrors(FIVE_MINUTES),
      name === 'batch' ? 50 : 5,
      `The ${name} function crashed, ran out of memory or out of time. Its log says which.`
    )
    watch(
      `${id}ThrottlesAlarm`,
      fn.metricThrottles(FIVE_MINUTES),
      name === 'batch' ? 1000 : 10,
      `The ${name} function was throttled: more at once than is reserved for it, or than the account has.`,
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
    'More than 5 per cent of at least 20 requests got a 5xx. The log of the api function has their codes.',
    2
  )
  watch(
    'BackfillFailedAlarm',
    backfill.metricFailed(FIVE_MINUTES),
    0,
    'A backfill ended: more than its share of tasks failed. The results under jobs/backfill/ say with what.'
  )
  return alarms
}
