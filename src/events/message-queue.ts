/** A message as a queue hands it out: nobody else gets it until its time of visibility is over. */
export interface QueueMessage {
  readonly id: string
  readonly body: string
  /** By which the queue knows this handing out of it. */
  readonly receipt: string
  /** How often it was handed out, this time included; 1 or more. */
  readonly receiveCount: number
}

/** The port to a queue that hands each message out until it is removed, and puts one that comes too often aside. */
export interface MessageQueue {
  /** Waits for up to `most` messages (1 to 10), and answers none where none comes for a while. */
  receive(most: number, signal: AbortSignal): Promise<readonly QueueMessage[]>
  /** It is done. */
  remove(message: QueueMessage): Promise<void>
  /** Nobody else gets it for so many seconds from now on (0 to 43,200). */
  hide(message: QueueMessage, seconds: number): Promise<void>
  /** Lets go of connections. */
  close(): void
}
