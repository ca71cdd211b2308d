// Changes ISO base media files where it matters: sizes, versions, counts, types and the order of boxes.
import { pickNumber } from './mutate-bytes.ts'
import { below, pick, type Random } from './target.ts'

interface Node {
  type: string
  payload: Buffer
  children: Node[] | undefined
  /** What its header claims instead of its size. */
  claim?: number
}

const CONTAINERS = new Set([
  'moov',
  'trak',
  'mdia',
  'minf',
  'stbl',
  'edts',
  'dinf',
  'mvex',
  'moof',
  'traf',
  'mfra',
  'udta'
])
const TYPES = [
  'moov',
  'trak',
  'mdia',
  'stbl',
  'stsd',
  'stts',
  'ctts',
  'stss',
  'stsc',
  'stsz',
  'stz2',
  'stco',
  'co64',
  'elst',
  'mvex',
  'trex',
  'moof',
  'traf',
  'trun',
  'tfdt',
  'tfhd',
  'sidx',
  'mfra',
  'tfra',
  'mdat',
  'free',
  'cmov',
  'uuid',
  'hdlr',
  'dref',
  'sgpd',
  'sbgp'
]

function parse (data: Buffer): Node[] {
  const nodes: Node[] = []
  for (let at = 0; at + 8 <= data.length;) {
    const size = data.readUInt32BE(at)
    const end = size < 8 ? data.length : Math.min(data.length, at + size)
    const type = data.toString('latin1', at + 4, at + 8)
    const payload = data.subarray(at + 8, end)
    nodes.push({ type, payload, children: CONTAINERS.has(type) ? parse(payload) : undefined })
    at = end
  }
  return nodes
}

function serialize (nodes: readonly Node[]): Buffer {
  return Buffer.concat(
    nodes.flatMap(({ type, payload, children, claim }) => {
      const body = children === undefined ? payload : serialize(children)
      const header = Buffer.alloc(8)
      header.writeUInt32BE((claim ?? 8 + body.length) >>> 0)
      header.write(type, 4, 'latin1')
      return [header, body]
    })
  )
}

/** Every list of siblings in which something stands. */
function listFamilies (nodes: Node[]): Node[][] {
  return [
    nodes,
    ...nodes.flatMap(({ children }) => (children === undefined || children.length === 0 ? [] : listFamilies(children)))
  ]
}

type Change = (family: Node[], at: number, random: Random) => void

const writeWord = (node: Node, random: Random, plan: (length: number) => number) => {
  if (node.children !== undefined || node.payload.length < 4) return
  node.payload = Buffer.from(node.payload)
  node.payload.writeUInt32BE(pickNumber(random) >>> 0, Math.min(plan(node.payload.length), node.payload.length - 4))
}

const CHANGES: readonly Change[] = [
  (family, at, random) => {
    family[at]!.claim =
      random() < 0.5
        ? pickNumber(random)
        : Math.max(0, 8 + family[at]!.payload.length + pick(random, [-9, -8, -4, -1, 1, 4, 8, 1000]))
  },
  (family, at, random) => {
    family[at]!.type = pick(random, TYPES)
  },
  (family, at) => {
    family.splice(at, 1)
  },
  (family, at, random) => {
    family.splice(
      below(random, family.length + 1),
      0,
      ...Array.from({ length: pick(random, [1, 1, 2, 120]) }, () => family[at]!)
    )
  },
  (family, at, random) => {
    family.push(...family.splice(at, 1 + below(random, 2)))
  },
  // The version and flags, the count behind them, and any number of a table.
  (family, at, random) => {
    writeWord(family[at]!, random, () => 0)
  },
  (family, at, random) => {
    writeWord(family[at]!, random, () => 4)
  },
  (family, at, random) => {
    writeWord(family[at]!, random, () => 8)
  },
  (family, at, random) => {
    writeWord(family[at]!, random, (length) => 4 * below(random, Math.ceil(length / 4)))
  },
  (family, at, random) => {
    writeWord(family[at]!, random, (length) => 4 * below(random, Math.ceil(length / 4)))
  },
  (family, at, random) => {
    const node = family[at]!
    if (node.children === undefined) node.payload = node.payload.subarray(0, below(random, node.payload.length + 1))
  }
]

/** A copy of a file with one to three changes; sizes are right but where a change is about them. */
export function mutateBoxes (data: Buffer, random: Random): Buffer {
  const nodes = parse(data)
  for (let count = 1 + below(random, 3); count > 0; count--) {
    // What holds media would be met most of the time and matters least.
    const families = listFamilies(nodes).filter((family) => family.length > 0)
    if (families.length === 0) break
    const family = pick(random, families)
    pick(random, CHANGES)(family, below(random, family.length), random)
  }
  return serialize(nodes)
}
