// What the thread of the database and the thread of the servers say to each other.

/** What a column may hold, and what may be bound to a statement. */
export type SqlValue = string | number | null;

/** One row, by column. */
export type Row = Readonly<Record<string, SqlValue>>;

/** A text that never contains a value: values are bound by name (`:minDistance`). */
export interface Statement {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, SqlValue>>;
}

/** Given to the thread when it starts. */
export interface WorkerSettings {
  readonly file: string;
  readonly edition: string;
}

/** To the thread. */
export type Request = ({ readonly type: 'ask'; readonly id: number } & Statement) | { readonly type: 'close' };

/** From the thread. */
export type Reply =
  | { readonly type: 'progress'; readonly loaded: number; readonly total: number }
  | { readonly type: 'ready' }
  | { readonly type: 'rows'; readonly id: number; readonly rows: readonly Row[] }
  | { readonly type: 'failed'; readonly id: number; readonly message: string };
