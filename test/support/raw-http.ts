// HTTP as bytes on a socket, for requests that no client library would send.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface RawConnection {
  readonly socket: Socket
  readonly write: (bytes: string | Uint8Array) => void
  /** Resolves with the data received so far, once it matches. */
  readonly receive: (pattern: RegExp) => Promise<string>
}

/** Connects to the server at `base`, such as `http://127.0.0.1:3000`. */
export async function connectRaw (base: string): Promise<RawConnection> {
  const { hostname, port } = new URL(base)
  const socket = connect(Number(port), hostname)
  let received = ''
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    received += text
  })
  // The tests include servers that disconnect while the client sends.
  socket.on('error', () => {})
  await once(socket, 'connect')
  return {
    socket,
    write: (bytes) => {
      socket.write(bytes)
    },
    receive: async (pattern) => {
      while (!pattern.test(received)) {
        if (socket.destroyed || socket.readableEnded) throw new Error(`the connection ended after: ${received}`)
        await Promise.race([once(socket, 'data'), once(socket, 'close')])
      }
      return received
    }
  }
}

/** Returns a request line and headers, with the empty line after them. */
export function openRequest (method: string, path: string, headers: Record<string, string | number> = {}): string {
  const lines = Object.entries({ host: 'test', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`
}

/** Returns one chunk of a body with `Transfer-Encoding: chunked`. */
export function wrapChunk (bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])
}
