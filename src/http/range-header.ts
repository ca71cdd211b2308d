import type { ByteRange } from '../store/object-store.ts'

/**
 * Reads a `Range` header against an object of `bytes` bytes (RFC 9110, section 14). `undefined`: there is no range that
 * need be understood, so the whole is sent: another unit, several ranges, or not valid. The usual library is not used:
 * it answers `unsatisfiable` to a suffix longer than the object, for which section 14.1.2 wants all of it.
 */
export function parseRange (header: string, bytes: number): ByteRange | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/i.exec(header) ?? []
  if (first === undefined || last === undefined || first + last === '') return undefined
  const start = first === '' ? Math.max(0, bytes - Number(last)) : Number(first)
  const lastByte = first === '' || last === '' ? Infinity : Number(last)
  if (lastByte < start) return undefined
  return start < bytes ? { start, end: Math.min(lastByte + 1, bytes) } : 'unsatisfiable'
}
