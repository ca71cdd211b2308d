import awsLambdaFastify, { type LambdaFastifyOptions, type LambdaResponse } from '@fastify/aws-lambda'
import type { Context } from 'aws-lambda'
import type { FastifyInstance } from 'fastify'
import type { Config } from '../../config/config.ts'
import { PosterframeError } from '../../errors.ts'
import { buildApp } from '../app.ts'
import { describeProblem, PROBLEM_TYPE } from '../problem.ts'
import type { AppServices } from '../services.ts'
import { buildAppSettings } from '../settings.ts'
import type { HttpEvent, NormalizedEvent } from './lambda-event.ts'
import { isFromLoadBalancer, isHttpEvent, normalizeEvent } from './lambda-event.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Lambda invocation of this request; undefined in the server. */
    awsLambda?: {
      readonly event?: Pick<NormalizedEvent, 'maxBodyBytes'> | undefined
      readonly context?: Pick<Context, 'getRemainingTimeInMillis'> | undefined
    }
  }
}

const TEXT_TYPE = /^(text\/|application\/(problem\+)?json|application\/yaml|application\/javascript)/

/** Response in the format of API Gateway, function URLs and load balancers. */
export interface HttpResponse extends Omit<LambdaResponse, 'headers'> {
  readonly headers?: Readonly<Record<string, string>>
  /** Replaces `headers` for a load balancer with multi-value headers, which accepts no other format. */
  readonly multiValueHeaders?: Readonly<Record<string, string[]>>
}

/** Returns the function that handles HTTP events with the app: the whole HTTP layer of the `api` function. */
export async function createApi (services: AppServices, config: Config): ReturnType<typeof createHandler> {
  return await createHandler(await buildApp(services, buildAppSettings(config, { onLambda: true })))
}

/** Waits until `app` is ready and returns a function that handles HTTP events with it. */
export async function createHandler (
  app: FastifyInstance
): Promise<(event: HttpEvent, context: Context) => Promise<HttpResponse>> {
  const inject = awsLambdaFastify<ReturnType<typeof normalizeEvent>, LambdaFastifyOptions, LambdaResponse>(app, {
    decorateRequest: true,
    // By default the adapter sends an image as UTF-8 text, which corrupts it.
    enforceBase64: ({ headers }) =>
      headers['content-type'] !== undefined && !TEXT_TYPE.test(String(headers['content-type']))
  })
  await app.ready()
  return async (event, context) => {
    if (!isHttpEvent(event)) return describeWrongEvent(context)
    const response = await inject(normalizeEvent(event), context)
    return isFromLoadBalancer(event) && event.multiValueHeaders !== undefined ? toMultiValueHeaders(response) : response
  }
}

/** Returns the response to an event that no gateway sends, such as one of a console test. */
function describeWrongEvent ({ awsRequestId }: Context): HttpResponse {
  const error = new PosterframeError('invalid_request', {
    detail:
      'The event is not an HTTP request. Invoke this function through API Gateway, a function URL or a load ' +
      'balancer, and send other events to the functions events and batch.'
  })
  return {
    statusCode: error.status,
    headers: { 'content-type': PROBLEM_TYPE, 'cache-control': 'no-store', 'x-request-id': awsRequestId },
    body: JSON.stringify(describeProblem(error, awsRequestId)),
    isBase64Encoded: false
  }
}

function toMultiValueHeaders ({ headers, ...response }: LambdaResponse): HttpResponse {
  return {
    ...response,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]))
  }
}
