import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import type { CfnStage } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpApi, HttpNoneAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import type { Function } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { acknowledge } from './acknowledge.ts'
import type { Settings } from './settings.ts'
import { API_THROTTLE, RETENTION, SIZES } from './sizes.ts'

/** Creates the HTTP API, which passes every request to the function `api`; the function does the routing. */
export function createHttpApi (scope: Construct, { auth }: Settings, api: Function): HttpApi {
  const httpApi = new HttpApi(scope, 'HttpApi', {
    description: 'Posterframe',
    defaultAuthorizer: auth === 'iam' ? new HttpIamAuthorizer() : new HttpNoneAuthorizer(),
    defaultIntegration: new HttpLambdaIntegration('Api', api, { timeout: Duration.seconds(SIZES.api.timeoutSeconds) })
  })
  const log = new LogGroup(scope, 'HttpApiLog', { retention: RETENTION.logDays, removalPolicy: RemovalPolicy.DESTROY })
  const stage = httpApi.defaultStage?.node.defaultChild as CfnStage
  stage.defaultRouteSettings = {
    throttlingRateLimit: API_THROTTLE.requestsPerSecond,
    throttlingBurstLimit: API_THROTTLE.burst
  }
  // The query is not logged, because it may contain the signature of a URL.
  stage.accessLogSettings = {
    destinationArn: log.logGroupArn,
    format: JSON.stringify({
      requestId: '$context.requestId',
      ip: '$context.identity.sourceIp',
      time: '$context.requestTime',
      method: '$context.httpMethod',
      path: '$context.path',
      status: '$context.status',
      bytes: '$context.responseLength',
      milliseconds: '$context.responseLatency',
      error: '$context.integrationErrorMessage'
    })
  }
  if (auth !== 'iam') {
    acknowledge(httpApi, {
      'AwsSolutions-APIG4':
        'The service itself authenticates callers as `auth` says: by API keys, tokens or signed URLs, or not at all ' +
          'if `auth` is `none`.'
    })
  }
  return httpApi
}
