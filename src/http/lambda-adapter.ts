import awsLambdaFastify, { type LambdaFastifyOptions, type LambdaResponse } from '@fastify/aws-lambda'
import type { APIGatewayProxyEvent, APIGatewayProxyEventV2, Context } from 'aws-lambda'
import type { FastifyInstance } from 'fastify'

declare module 'fastify' {
  interface FastifyRequest {
    /** The invocation behind this request; absent where the app listens itself. */
    awsLambda?: { readonly context?: Pick<Context, 'getRemainingTimeInMillis'> | undefined }
  }
}

/** An HTTP request as Lambda gets it: from a REST API (v1), or from an HTTP API or function URL (v2). */
export type HttpEvent = APIGatewayProxyEvent | APIGatewayProxyEventV2

const TEXT_TYPE = /^(text\/|application\/(problem\+)?json|application\/yaml|application\/javascript)/

/** Readies `app` and gives the function that answers HTTP events with it. */
export async function createHandler (app: FastifyInstance): Promise<(event: HttpEvent, context: Context) => Promise<LambdaResponse>> {
  const answer = awsLambdaFastify<HttpEvent, LambdaFastifyOptions, LambdaResponse>(app, {
    decorateRequest: true,
    // A key may hold commas, and the adapter would split it.
    parseCommaSeparatedQueryParams: false,
    // Left to itself the adapter sends a picture as UTF-8 text, and most of its bytes are lost.
    enforceBase64: ({ headers }) => headers['content-type'] !== undefined && !TEXT_TYPE.test(String(headers['content-type']))
  })
  await app.ready()
  return (event, context) => answer(stripStage(event), context)
}

// An HTTP API puts the name of its stage before the path, and the adapter takes it off for REST APIs only.
function stripStage (event: HttpEvent): HttpEvent {
  if (!('rawPath' in event)) return event
  const stage = `/${event.requestContext.stage}/`
  return event.rawPath.startsWith(stage) ? { ...event, rawPath: event.rawPath.slice(stage.length - 1) } : event
}
