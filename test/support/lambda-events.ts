// HTTP requests as events of API Gateway, function URLs and load balancers, with all members that these send to Lambda.
import type { ALBEvent, APIGatewayProxyEvent, APIGatewayProxyEventV2, Context } from 'aws-lambda'
import type { HttpAnswer } from '../../src/http/lambda/lambda-adapter.ts'

export interface EventRequest {
  readonly method: string
  readonly path: string
  /** Raw query string, percent-encoded. */
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as base64, as bodies of binary types are. */
  readonly body?: Uint8Array
}

/** Returns a context with this remaining time. */
export function buildContext (remainingMs = 29_000): Context {
  const unused = () => {}
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: 'api',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:api',
    memoryLimitInMB: '1769',
    awsRequestId: '8f507cfc-xmpl-4697-b07a-ac58fc914c95',
    logGroupName: '/aws/lambda/api',
    logStreamName: '2026/11/23/[$LATEST]0',
    getRemainingTimeInMillis: () => remainingMs,
    done: unused,
    fail: unused,
    succeed: unused
  }
}

/** Builds an event of a REST API: the query is decoded, and each name has a list of values. */
export function buildRestEvent ({ method, path, query = '', headers = {}, body }: EventRequest): APIGatewayProxyEvent {
  const search = new URLSearchParams(query)
  const names = [...new Set(search.keys())]
  return {
    resource: '/{proxy+}',
    path,
    httpMethod: method,
    headers: { ...headers },
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters:
      names.length === 0 ? null : Object.fromEntries(names.map((name) => [name, search.getAll(name).at(-1)])),
    multiValueQueryStringParameters:
      names.length === 0 ? null : Object.fromEntries(names.map((name) => [name, search.getAll(name)])),
    pathParameters: { proxy: path.slice(1) },
    stageVariables: null,
    body: body === undefined ? null : Buffer.from(body).toString('base64'),
    isBase64Encoded: body !== undefined,
    requestContext: {
      accountId: '123456789012',
      apiId: '1234567890',
      authorizer: null,
      protocol: 'HTTP/1.1',
      httpMethod: method,
      identity: { sourceIp: '192.0.2.1' } as APIGatewayProxyEvent['requestContext']['identity'],
      path: `/prod${path}`,
      stage: 'prod',
      requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
      requestTimeEpoch: 1_795_000_000_000,
      resourceId: '123456',
      resourcePath: '/{proxy+}'
    }
  }
}

/**
 * Builds an event of an HTTP API or a function URL: the query is decoded, and values of one name are joined by commas.
 * `stage` is prepended to the path.
 */
export function buildHttpEvent (
  { method, path, query = '', headers = {}, body }: EventRequest,
  stage = '$default'
): APIGatewayProxyEventV2 {
  const search = new URLSearchParams(query)
  const rawPath = stage === '$default' ? path : `/${stage}${path}`
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString: query,
    headers: { ...headers },
    ...(query === ''
      ? {}
      : {
          queryStringParameters: Object.fromEntries(
            [...new Set(search.keys())].map((name) => [name, search.getAll(name).join(',')])
          )
        }),
    requestContext: {
      accountId: '123456789012',
      apiId: 'r3pmxmplak',
      domainName: 'r3pmxmplak.execute-api.eu-central-1.amazonaws.com',
      domainPrefix: 'r3pmxmplak',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'curl/8' },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: '$default',
      stage,
      time: '23/Nov/2026:12:00:00 +0000',
      timeEpoch: 1_795_000_000_000
    },
    ...(body === undefined ? {} : { body: Buffer.from(body).toString('base64') }),
    isBase64Encoded: body !== undefined
  }
}

/** Builds an event of a function URL, which is that of an HTTP API with another domain name. */
export function buildFunctionUrlEvent (request: EventRequest): APIGatewayProxyEventV2 {
  const event = buildHttpEvent(request)
  const domainPrefix = 'mwnk5lxmplqgrd6pkxn3jaqhmi0ssmlp'
  return {
    ...event,
    requestContext: {
      ...event.requestContext,
      apiId: domainPrefix,
      domainPrefix,
      domainName: `${domainPrefix}.lambda-url.eu-central-1.on.aws`
    }
  }
}

/** Builds an event of an Application Load Balancer: the query is not decoded, and text is not sent as base64. */
export function buildBalancerEvent ({ method, path, query = '', headers = {}, body }: EventRequest): ALBEvent {
  const parameters =
    query === ''
      ? []
      : query.split('&').map((part) => [part.split('=')[0]!, part.slice(part.indexOf('=') + 1)] as const)
  const isText = /^(text\/|application\/(json|javascript|xml))/.test(
    headers['content-type'] ?? headers['Content-Type'] ?? ''
  )
  return {
    requestContext: {
      elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/api/49e9d65c45c6791a' }
    },
    httpMethod: method,
    path,
    queryStringParameters: Object.fromEntries(parameters),
    headers: {
      ...lowerNames(headers),
      host: 'lambda-846800462.eu-central-1.elb.amazonaws.com',
      'x-forwarded-for': '203.0.113.9, 192.0.2.1',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https'
    },
    body: body === undefined ? '' : Buffer.from(body).toString(isText ? 'utf8' : 'base64'),
    isBase64Encoded: body !== undefined && !isText
  }
}

/** Builds an event of a target group with multi-value headers and parameters. */
export function buildListingBalancerEvent (request: EventRequest): ALBEvent {
  const { headers = {}, queryStringParameters, ...event } = buildBalancerEvent(request)
  const parts = (request.query ?? '').split('&').filter((part) => part !== '')
  const values = (name: string) =>
    parts.filter((part) => part.split('=')[0] === name).map((part) => part.slice(part.indexOf('=') + 1))
  return {
    ...event,
    multiValueQueryStringParameters: Object.fromEntries(
      Object.keys(queryStringParameters ?? {}).map((name) => [name, values(name)])
    ),
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value!]]))
  }
}

/** Returns the headers of a response in either format, with lower-case names. */
export function readHeaders ({ headers, multiValueHeaders = {} }: HttpAnswer): Record<string, string> {
  return {
    ...headers,
    ...Object.fromEntries(Object.entries(multiValueHeaders).map(([name, values]) => [name, values.join(', ')]))
  }
}

/** Lower-cases the header names and adds the client address, as a load balancer does. */
function lowerNames (headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
