import type { ALBEvent, APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda'

/** HTTP event of Lambda: from a REST API (v1), from an HTTP API or function URL (v2), or from a load balancer. */
export type HttpEvent = APIGatewayProxyEvent | APIGatewayProxyEventV2 | ALBEvent

/** Returns whether an event has the members that every HTTP event has. */
export function isHttpEvent (event: unknown): event is HttpEvent {
  const { requestContext, path, rawPath, httpMethod } = Object(event) as Record<string, unknown>
  if (typeof requestContext !== 'object' || requestContext === null) return false
  const { http } = requestContext as { http?: unknown }
  return rawPath === undefined
    ? typeof path === 'string' && typeof httpMethod === 'string'
    : typeof rawPath === 'string' && typeof (Object(http) as { method?: unknown }).method === 'string'
}

/** Returns whether an event is from an Application Load Balancer, which has its own format and limits. */
export function isFromLoadBalancer (event: HttpEvent): event is ALBEvent {
  return 'elb' in event.requestContext
}

/**
 * Largest decoded body: what a base64 body may take up in Lambda's 6 MB payload, and in the 1 MB that a load balancer
 * passes on.
 */
const MAX_BODY_BYTES = { gateway: 4 * 1024 * 1024, balancer: 700 * 1024 }

/** Event in the format that the adapter translates correctly. */
export interface NormalizedEvent {
  readonly httpMethod: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  readonly isBase64Encoded: boolean
  readonly requestContext: { readonly identity: { readonly sourceIp: string | undefined }, readonly requestId?: string }
  /** Largest decoded body that the sender of the event supports. */
  readonly maxBodyBytes: number
}

/**
 * Converts an event to that format. The path is followed by the query as the client wrote it, so that a URL has the
 * same meaning as in the server. A REST API passes on the decoded query, so its events are left unchanged.
 */
export function normalizeEvent (
  event: HttpEvent
): NormalizedEvent | (APIGatewayProxyEvent & Pick<NormalizedEvent, 'maxBodyBytes'>) {
  if (isFromLoadBalancer(event)) return normalizeBalancerEvent(event)
  return 'rawPath' in event ? normalizeHttpApiEvent(event) : { ...event, maxBodyBytes: MAX_BODY_BYTES.gateway }
}

function normalizeHttpApiEvent ({
  rawPath,
  rawQueryString,
  headers,
  body,
  isBase64Encoded,
  requestContext: { stage, http, requestId }
}: APIGatewayProxyEventV2): NormalizedEvent {
  // An HTTP API prefixes the path with the name of its stage.
  const path = rawPath.startsWith(`/${stage}/`) ? rawPath.slice(stage.length + 1) : rawPath
  return {
    httpMethod: http.method,
    path: joinUrl(path, rawQueryString),
    headers: omitUndefined(headers),
    body: body ?? null,
    isBase64Encoded,
    requestContext: { identity: { sourceIp: http.sourceIp }, requestId },
    maxBodyBytes: MAX_BODY_BYTES.gateway
  }
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html: the parameters of the
// query are not decoded. Headers and parameters are lists of values if the target group is configured so.
function normalizeBalancerEvent (event: ALBEvent): NormalizedEvent {
  const headers =
    event.multiValueHeaders === undefined
      ? omitUndefined(event.headers)
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

// Reads the last address, which the balancer added: the client may have written those before it. The balancer appends
// the port if it is configured to.
function readClientAddress (forwardedFor = ''): string | undefined {
  const last = forwardedFor.split(',').at(-1)?.trim() ?? ''
  const address =
    /^\[([\da-f:.]+)\](?::\d+)?$/i.exec(last)?.[1] ?? /^(\d+(?:\.\d+){3})(?::\d+)?$/.exec(last)?.[1] ?? last
  return address === '' ? undefined : address
}

function joinUrl (path: string, query: string): string {
  const encodedPath = path.replace(/[?#]/g, encodeURIComponent)
  return query === '' ? encodedPath : `${encodedPath}?${query}`
}

function omitUndefined (headers: Readonly<Record<string, string | undefined>> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  )
}
