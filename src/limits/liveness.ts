import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'

/**
 * What is known of the process that made a directory. `unknown`: the file system has no sockets, the path is too long
 * for one (about 100 bytes), it is another user's, or the directory has not been marked yet.
 */
export type Liveness = 'alive' | 'dead' | 'unknown'

const SOCKET_NAME = '.alive'
/** Stands where no socket can: an empty directory is one whose maker died before it could mark it. */
const STAND_IN_NAME = '.unmarked'

/**
 * Marks `directory` as in use by this process, until the answered function is called or the process dies, however it
 * dies. The mark is a listening socket, for the kernel alone knows who lives: process ids are used again (in a
 * container it is always 1), and those of another container that shares the directory cannot be looked up.
 *
 * @throws Error with the code `ENOENT` where the directory is gone: a sweep removes empty ones
 */
export async function markAlive (directory: string): Promise<() => Promise<void>> {
  const server = createServer((connection) => {
    connection.destroy()
  })
  server.unref()
  try {
    await once(server.listen(join(directory, SOCKET_NAME)), 'listening')
  } catch {
    // Without a mark the directory only counts as `unknown`.
    await writeFile(join(directory, STAND_IN_NAME), '')
    return async () => undefined
  }
  server.on('error', () => undefined)
  return async () => {
    await new Promise((resolve) => {
      server.close(resolve)
    })
  }
}

/** Whether the process that marked `directory` still lives. */
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
