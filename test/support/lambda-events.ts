// HTTP requests in the two forms in which API Gateway hands them to Lambda, with all members that it sends.
import type { APIGatewayProxyEvent, APIGatewayProxyEventV2, Context } from 'aws-lambda'

export interface EventRequest {
  readonly method: string
  readonly path: string
  /** The raw query, percent-encoded. */
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Travels as base64, as a body of a binary type does. */
  readonly body?: Uint8Array
}

/** A context with so much time left. */
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

/** From a REST API: the query is decoded, each name with a list of values. */
export function buildRestEvent ({ method, path, query = '', headers = {}, body }: EventRequest): APIGatewayProxyEvent {
  const search = new URLSearchParams(query)
  const names = [...new Set(search.keys())]
  return {
    resource: '/{proxy+}',
    path,
    httpMethod: method,
    headers: { ...headers },
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: names.length === 0 ? null : Object.fromEntries(names.map((name) => [name, search.getAll(name).at(-1)])),
    multiValueQueryStringParameters: names.length === 0 ? null : Object.fromEntries(names.map((name) => [name, search.getAll(name)])),
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

/** From an HTTP API or a function URL: the query is decoded, values of one name joined by commas; `stage` stands before the path. */
export function buildHttpEvent ({ method, path, query = '', headers = {}, body }: EventRequest, stage = '$default'): APIGatewayProxyEventV2 {
  const search = new URLSearchParams(query)
  const rawPath = stage === '$default' ? path : `/${stage}${path}`
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString: query,
    headers: { ...headers },
    ...query === '' ? {} : { queryStringParameters: Object.fromEntries([...new Set(search.keys())].map((name) => [name, search.getAll(name).join(',')])) },
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
    ...body === undefined ? {} : { body: Buffer.from(body).toString('base64') },
    isBase64Encoded: body !== undefined
  }
}
