import { Duration } from 'aws-cdk-lib'
import { AlarmStatusWidget, Dashboard, GraphWidget, type Alarm, type IMetric } from 'aws-cdk-lib/aws-cloudwatch'
import type { Function } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import type { Watched } from './alarms.ts'

const MINUTE = { period: Duration.minutes(1) }

/** Creates a dashboard: the alarms, then one row each for HTTP, the queue, every function and backfills. */
export function createDashboard (
  scope: Construct,
  { functions, events, httpApi, backfill }: Watched,
  alarms: readonly Alarm[]
): Dashboard {
  const { queue, deadLetters } = events
  const dashboard = new Dashboard(scope, 'Dashboard', { defaultInterval: Duration.hours(3) })
  dashboard.addWidgets(new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 24 }))
  dashboard.addWidgets(
    graph('HTTP: requests', [
      httpApi.metricCount(MINUTE),
      httpApi.metricClientError(MINUTE),
      httpApi.metricServerError(MINUTE)
    ]),
    graph(
      'HTTP: latency',
      ['p50', 'p95', 'p99'].map((statistic) => httpApi.metricLatency({ ...MINUTE, statistic, label: statistic }))
    )
  )
  dashboard.addWidgets(
    graph('Queue: messages', [
      queue.metricApproximateNumberOfMessagesVisible({ ...MINUTE, label: 'visible' }),
      queue.metricApproximateNumberOfMessagesNotVisible({ ...MINUTE, label: 'in flight' }),
      deadLetters.metricApproximateNumberOfMessagesVisible({ ...MINUTE, label: 'dead letters' })
    ]),
    graph('Queue: age of the oldest message', [queue.metricApproximateAgeOfOldestMessage(MINUTE)])
  )
  for (const [name, fn] of Object.entries(functions)) dashboard.addWidgets(...showFunction(name, fn))
  dashboard.addWidgets(
    graph('Backfills', [
      backfill.metricStarted(MINUTE),
      backfill.metricSucceeded(MINUTE),
      backfill.metricFailed(MINUTE)
    ])
  )
  return dashboard
}

function showFunction (name: string, fn: Function): GraphWidget[] {
  return [
    graph(`${name}: executions`, [fn.metricInvocations(MINUTE), fn.metricErrors(MINUTE), fn.metricThrottles(MINUTE)]),
    graph(
      `${name}: duration`,
      ['p50', 'p95', 'Maximum'].map((statistic) => fn.metricDuration({ ...MINUTE, statistic, label: statistic }))
    ),
    graph(`${name}: concurrency`, [fn.metric('ConcurrentExecutions', { ...MINUTE, statistic: 'Maximum' })])
  ]
}

function graph (title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: 8 })
}
