import { below, pick, type Random } from './target.ts'

const NUMBERS = [
  0, 1, 2, 7, 8, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, 0x10000, 0xffffff, 0x7fffffff, 0x80000000, 0xfffffffe,
  0xffffffff
]

/** Picks a number, most often a boundary value. */
export function pickNumber (random: Random): number {
  return random() < 0.8 ? pick(random, NUMBERS) : below(random, 2 ** 32)
}

const MUTATIONS: ReadonlyArray<(data: Buffer, random: Random) => Buffer> = [
  (data, random) => {
    data[below(random, data.length)] = below(random, 256)
    return data
  },
  (data, random) => {
    data[below(random, data.length)]! ^= 1 << below(random, 8)
    return data
  },
  (data, random) => {
    if (data.length >= 4) data.writeUInt32BE(pickNumber(random), below(random, data.length - 3))
    return data
  },
  (data, random) => {
    if (data.length >= 2) data.writeUInt16BE(pickNumber(random) & 0xffff, below(random, data.length - 1))
    return data
  },
  (data, random) => data.subarray(0, below(random, data.length + 1)),
  (data, random) => {
    const at = below(random, data.length)
    return Buffer.concat([data.subarray(0, at), data.subarray(at + below(random, 64))])
  },
  (data, random) => {
    const [at, from] = [below(random, data.length), below(random, data.length)]
    return Buffer.concat([data.subarray(0, at), data.subarray(from, from + below(random, 256)), data.subarray(at)])
  },
  (data, random) => {
    const at = below(random, data.length)
    data.subarray(at, at + below(random, 32)).fill(pick(random, [0, 0xff]))
    return data
  }
]

/** Returns a copy of `data` with one to `most` small changes. */
export function mutateBytes (data: Buffer, random: Random, most = 4): Buffer {
  let mutated = Buffer.from(data)
  for (let count = 1 + below(random, most); count > 0 && mutated.length > 0; count--) {
    mutated = Buffer.from(pick(random, MUTATIONS)(mutated, random))
  }
  return mutated
}
