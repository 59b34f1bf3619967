import Database from 'libsql';

/**
 * A Keyv storage adapter over SQLite, made for these tests: `@keyv/sqlite` needs a driver that is built by an install
 * script, which this project has none of. What stands in for it does what it does: a table of keys, values and ends.
 */
export class SqliteAdapter {
  readonly #database: Database.Database;

  constructor(path: string) {
    this.#database = new Database(path);
    this.#database.exec('pragma journal_mode = wal; pragma busy_timeout = 5000');
    this.#database.exec('create table if not exists keyv (key varchar(255) primary key, value text, ends real)');
  }

  get(key: string): string | undefined {
    return this.getMany([key])[0];
  }

  getMany(keys: readonly string[]): (string | undefined)[] {
    const marks = keys.map(() => '?').join(', ');
    const select = this.#database.prepare(`select key, value from keyv where key in (${marks}) and ends > ?`);
    // The columns are those of the select.
    const rows = select.all([...keys, Date.now()]) as { readonly key: string; readonly value: string }[];
    const values = new Map(rows.map(({ key, value }) => [key, value]));
    return keys.map((key) => values.get(key));
  }

  set(key: string, value: string, ttl = Infinity): void {
    const upsert =
      'insert into keyv values (?, ?, ?) on conflict (key) do update set value = excluded.value, ends = excluded.ends';
    this.#database.prepare(upsert).run([key, value, Date.now() + ttl]);
  }

  delete(key: string): boolean {
    return this.#database.prepare('delete from keyv where key = ?').run([key]).changes > 0;
  }

  clear(): void {
    throw new Error('Millpond clears no store');
  }

  disconnect(): void {
    this.#database.close();
  }
}
