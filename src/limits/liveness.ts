import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'

/**
 * The state of the process that created a directory. `unknown`: the file system does not support sockets, the path is
 * too long for one (about 100 bytes), the directory belongs to another user, or it is not marked yet.
 */
export type Liveness = 'alive' | 'dead' | 'unknown'

const SOCKET_NAME = '.alive'
/** Replaces a socket that cannot be created: an empty directory would look as if its creator died before marking it. */
const PLACEHOLDER_NAME = '.unmarked'

/**
 * Marks `directory` as in use by this process until the returned function is called or the process ends, however it
 * ends. The mark is a listening socket, because only the kernel knows which processes are alive: process ids are reused
 * (in a container the id is always 1), and the ids of another container that shares the directory cannot be looked up.
 *
 * @throws Error with the code `ENOENT` if the directory is gone, since a sweep removes empty ones
 */
export async function markAlive (directory: string): Promise<() => Promise<void>> {
  const server = createServer((connection) => {
    connection.destroy()
  })
  server.unref()
  try {
    await once(server.listen(join(directory, SOCKET_NAME)), 'listening')
  } catch {
    // Without a socket the directory counts as `unknown`.
    await writeFile(join(directory, PLACEHOLDER_NAME), '')
    return async () => undefined
  }
  server.on('error', () => undefined)
  return async () => {
    await new Promise((resolve) => {
      server.close(resolve)
    })
  }
}

/** Returns whether the process that marked `directory` is still alive. */
export async function readLiveness (directory: string): Promise<Liveness> {
  const connection = connect(join(directory, SOCKET_NAME))
  try {
    await once(connection, 'connect')
    return 'alive'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED' ? 'dead' : 'unknown'
  } finally {
    connection.destroy()
  }
}
