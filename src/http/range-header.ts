import type { ByteRange } from '../store/object-store.ts'

/**
 * Parses a `Range` header for an object of `bytes` bytes (RFC 9110, section 14). Returns `undefined` if the whole
 * object is to be sent: for another unit, several ranges or an invalid header. The usual library, `range-parser`,
 * returns unsatisfiable for a suffix longer than the object, although section 14.1.2 requires the whole object.
 */
export function parseRange (header: string, bytes: number): ByteRange | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/i.exec(header) ?? []
  if (first === undefined || last === undefined || first + last === '') return undefined
  const start = first === '' ? Math.max(0, bytes - Number(last)) : Number(first)
  const lastByte = first === '' || last === '' ? Infinity : Number(last)
  if (lastByte < start) return undefined
  return start < bytes ? { start, end: Math.min(lastByte + 1, bytes) } : 'unsatisfiable'
}
