import { isIPv4 } from 'node:net'

/** Returns whether `host`, a name or an address without brackets, is reachable from this machine only. */
export function isLoopback (host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}
