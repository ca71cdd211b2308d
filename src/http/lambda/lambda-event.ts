import type { ALBEvent, APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda'

/**
 * An HTTP request as Lambda gets it: from a REST API (v1), from an HTTP API or function URL (v2), or from a load
 * balancer.
 */
export type HttpEvent = APIGatewayProxyEvent | APIGatewayProxyEventV2 | ALBEvent

/** Whether an event is from an Application Load Balancer, which has a shape and limits of its own. */
export function isFromLoadBalancer (event: HttpEvent): event is ALBEvent {
  return 'elb' in event.requestContext
}

/**
 * What is left of Lambda's 6 MB of payload for a body that travels in base64 inside an event, and of the 1 MB that a
 * load balancer hands over.
 */
const MAX_BODY_BYTES = { gateway: 4 * 1024 * 1024, balancer: 700 * 1024 }

/** An event in the one shape that the adapter gets right. */
export interface PlainEvent {
  readonly httpMethod: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  readonly isBase64Encoded: boolean
  readonly requestContext: { readonly identity: { readonly sourceIp: string | undefined }, readonly requestId?: string }
  /** How large a body may be where it came from, decoded. */
  readonly maxBodyBytes: number
}

/**
 * Brings an event to that shape, its path followed by the query as the client wrote it: then a URL means here what it
 * means where the service listens itself. A REST API hands the query over decoded, and its events stay as they are.
 */
export function plainEvent (event: HttpEvent): PlainEvent | (APIGatewayProxyEvent & Pick<PlainEvent, 'maxBodyBytes'>) {
  if (isFromLoadBalancer(event)) return plainBalancerEvent(event)
  return 'rawPath' in event ? plainHttpEvent(event) : { ...event, maxBodyBytes: MAX_BODY_BYTES.gateway }
}

function plainHttpEvent ({
  rawPath,
  rawQueryString,
  headers,
  body,
  isBase64Encoded,
  requestContext: { stage, http, requestId }
}: APIGatewayProxyEventV2): PlainEvent {
  // An HTTP API puts the name of its stage before the path.
  const path = rawPath.startsWith(`/${stage}/`) ? rawPath.slice(stage.length + 1) : rawPath
  return {
    httpMethod: http.method,
    path: joinUrl(path, rawQueryString),
    headers: definedOf(headers),
    body: body ?? null,
    isBase64Encoded,
    requestContext: { identity: { sourceIp: http.sourceIp }, requestId },
    maxBodyBytes: MAX_BODY_BYTES.gateway
  }
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html: the query comes in parts
// that are not decoded, and headers and parameters come with lists of values where the target group says so.
function plainBalancerEvent (event: ALBEvent): PlainEvent {
  const headers =
    event.multiValueHeaders === undefined
      ? definedOf(event.headers)
      : Object.fromEntries(
        Object.entries(event.multiValueHeaders).map(([name, values = []]) => [name, values.join(', ')])
      )
  const parameters = event.multiValueQueryStringParameters ?? event.queryStringParameters ?? {}
  const query = Object.entries(parameters)
    .flatMap(([name, values = '']) => [values].flat().map((value) => `${name}=${value}`))
    .join('&')
  return {
    httpMethod: event.httpMethod,
    path: joinUrl(event.path, query),
    headers,
    body: event.body,
    isBase64Encoded: event.isBase64Encoded,
    requestContext: { identity: { sourceIp: readClientAddress(headers['x-forwarded-for']) } },
    maxBodyBytes: MAX_BODY_BYTES.balancer
  }
}

// What stands before the last address came from the client, who may write what it likes there. A port goes along
// where the balancer says so.
function readClientAddress (forwardedFor = ''): string | undefined {
  const last = forwardedFor.split(',').at(-1)?.trim() ?? ''
  const address =
    /^\[([\da-f:.]+)\](?::\d+)?$/i.exec(last)?.[1] ?? /^(\d+(?:\.\d+){3})(?::\d+)?$/.exec(last)?.[1] ?? last
  return address === '' ? undefined : address
}

function joinUrl (path: string, query: string): string {
  const plainPath = path.replace(/[?#]/g, encodeURIComponent)
  return query === '' ? plainPath : `${plainPath}?${query}`
}

function definedOf (headers: Readonly<Record<string, string | undefined>> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  )
}
