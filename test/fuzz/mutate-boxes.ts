// Mutates ISO base media files by their structure: sizes, versions, counts, types and the order of boxes.
import { pickNumber } from './mutate-bytes.ts'
import { below, pick, type Random } from './target.ts'

interface Node {
  type: string
  payload: Buffer
  children: Node[] | undefined
  /** The size in its header, if it is not the real one. */
  claim?: number
}

const CONTAINERS = new Set([
  'moov', 'trak', 'mdia', 'minf', 'stbl', 'edts', 'dinf', 'mvex', 'moof', 'traf', 'mfra', 'udta'
])
const TYPES = [
  'moov', 'trak', 'mdia', 'stbl', 'stsd', 'stts', 'ctts', 'stss', 'stsc', 'stsz', 'stz2', 'stco', 'co64', 'elst',
  'mvex', 'trex', 'moof', 'traf', 'trun', 'tfdt', 'tfhd', 'sidx', 'mfra', 'tfra', 'mdat', 'free', 'cmov', 'uuid',
  'hdlr', 'dref', 'sgpd', 'sbgp'
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

/** Lists all non-empty lists of siblings. */
function listSiblings (nodes: Node[]): Node[][] {
  return [
    nodes,
    ...nodes.flatMap(({ children }) => (children === undefined || children.length === 0 ? [] : listSiblings(children)))
  ]
}

type Change = (siblings: Node[], at: number, random: Random) => void

const writeWord = (node: Node, random: Random, plan: (length: number) => number) => {
  if (node.children !== undefined || node.payload.length < 4) return
  node.payload = Buffer.from(node.payload)
  node.payload.writeUInt32BE(pickNumber(random) >>> 0, Math.min(plan(node.payload.length), node.payload.length - 4))
}

const CHANGES: readonly Change[] = [
  (siblings, at, random) => {
    siblings[at]!.claim =
      random() < 0.5
        ? pickNumber(random)
        : Math.max(0, 8 + siblings[at]!.payload.length + pick(random, [-9, -8, -4, -1, 1, 4, 8, 1000]))
  },
  (siblings, at, random) => {
    siblings[at]!.type = pick(random, TYPES)
  },
  (siblings, at) => {
    siblings.splice(at, 1)
  },
  (siblings, at, random) => {
    siblings.splice(
      below(random, siblings.length + 1),
      0,
      ...Array.from({ length: pick(random, [1, 1, 2, 120]) }, () => siblings[at]!)
    )
  },
  (siblings, at, random) => {
    siblings.push(...siblings.splice(at, 1 + below(random, 2)))
  },
  // The version and flags, the count after them, and any number of a table.
  (siblings, at, random) => {
    writeWord(siblings[at]!, random, () => 0)
  },
  (siblings, at, random) => {
    writeWord(siblings[at]!, random, () => 4)
  },
  (siblings, at, random) => {
    writeWord(siblings[at]!, random, () => 8)
  },
  (siblings, at, random) => {
    writeWord(siblings[at]!, random, (length) => 4 * below(random, Math.ceil(length / 4)))
  },
  (siblings, at, random) => {
    writeWord(siblings[at]!, random, (length) => 4 * below(random, Math.ceil(length / 4)))
  },
  (siblings, at, random) => {
    const node = siblings[at]!
    if (node.children === undefined) node.payload = node.payload.subarray(0, below(random, node.payload.length + 1))
  }
]

/** Returns a copy of a file with one to three changes; sizes stay right unless a change is about them. */
export function mutateBoxes (data: Buffer, random: Random): Buffer {
  const nodes = parse(data)
  for (let count = 1 + below(random, 3); count > 0; count--) {
    // Picks a list before a box, because media boxes are the most numerous and matter least.
    const lists = listSiblings(nodes).filter((siblings) => siblings.length > 0)
    if (lists.length === 0) break
    const siblings = pick(random, lists)
    pick(random, CHANGES)(siblings, below(random, siblings.length), random)
  }
  return serialize(nodes)
}
