import awsLambdaFastify, { type LambdaFastifyOptions, type LambdaResponse } from '@fastify/aws-lambda'
import type { Context } from 'aws-lambda'
import type { FastifyInstance } from 'fastify'
import { type HttpEvent, isFromLoadBalancer, type PlainEvent, plainEvent } from './lambda-event.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The invocation behind this request; absent where the app listens itself. */
    awsLambda?: {
      readonly event?: Pick<PlainEvent, 'maxBodyBytes'> | undefined
      readonly context?: Pick<Context, 'getRemainingTimeInMillis'> | undefined
    }
  }
}

const TEXT_TYPE = /^(text\/|application\/(problem\+)?json|application\/yaml|application\/javascript)/

/** An answer as API Gateway, function URLs and load balancers take it. */
export interface HttpAnswer extends Omit<LambdaResponse, 'headers'> {
  readonly headers?: Readonly<Record<string, string>>
  /** In the place of `headers`, for a load balancer that sends lists of values: it takes no other back. */
  readonly multiValueHeaders?: Readonly<Record<string, string[]>>
}

/** Readies `app` and gives the function that answers HTTP events with it. */
export async function createHandler (
  app: FastifyInstance
): Promise<(event: HttpEvent, context: Context) => Promise<HttpAnswer>> {
  const answer = awsLambdaFastify<ReturnType<typeof plainEvent>, LambdaFastifyOptions, LambdaResponse>(app, {
    decorateRequest: true,
    // Left to itself the adapter sends a picture as UTF-8 text, and most of its bytes are lost.
    enforceBase64: ({ headers }) =>
      headers['content-type'] !== undefined && !TEXT_TYPE.test(String(headers['content-type']))
  })
  await app.ready()
  return async (event, context) => {
    const response = await answer(plainEvent(event), context)
    return isFromLoadBalancer(event) && event.multiValueHeaders !== undefined ? listHeaders(response) : response
  }
}

function listHeaders ({ headers, ...response }: LambdaResponse): HttpAnswer {
  return {
    ...response,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]))
  }
}
