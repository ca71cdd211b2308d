import type { ObjectAddress } from '../../store/object-store.ts'

/** The URL of an object, for a terminal: what would be read as a command of it is written out. */
export function describeSourceUrl ({ bucket, key }: ObjectAddress): string {
  // eslint-disable-next-line no-control-regex -- they are what is written out
  return `s3://${bucket}/${key.replace(/[\x00-\x1f\x7f-\x9f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)}`
}
