/** The variables of connections, uploads in request bodies, and the shutdown; part of `CONFIG_VARIABLES`. */
export const CONNECTION_VARIABLES = [
  {
    name: 'POSTERFRAME_MAX_CONNECTIONS',
    default: 'the limit of open files less a reserve, at most `10000`',
    meaning:
      'Connections at once. Above it, the connection that has been idle longest without a request is closed. ' +
      'Rejected on Lambda.'
  },
  {
    name: 'POSTERFRAME_MAX_CONNECTIONS_PER_ADDRESS',
    default: '',
    meaning:
      'Connections at once of one address, for IPv6 of one /64 network. Further ones are closed. No limit if not ' +
      'set. Rejected beside `POSTERFRAME_TRUST_PROXY`, because all connections are then of the proxy, and on Lambda.'
  },
  {
    name: 'POSTERFRAME_MAX_REQUESTS',
    default: '1000 besides uploads and requests that have or await a slot',
    meaning:
      'Requests in flight at once, of all connections together. At it, the oldest request whose client does not send ' +
      'its JSON body or read its response is ended; if there is none, 503. Rejected on Lambda.'
  },
  {
    name: 'POSTERFRAME_MAX_UPLOADS',
    default: '32 per slot',
    meaning: 'Videos that may arrive in request bodies at once. 503 above it.'
  },
  {
    name: 'POSTERFRAME_MAX_UPLOADS_PER_CALLER',
    default: 'half of `POSTERFRAME_MAX_UPLOADS`',
    meaning: 'The same for each caller, by name or else by address. 429 above it.'
  },
  {
    name: 'POSTERFRAME_DRAIN_TIMEOUT_MS',
    default: '`POSTERFRAME_TIMEOUT_MS`',
    meaning: 'Time for running requests after SIGTERM, in milliseconds. Then their connections are closed.'
  }
] as const
