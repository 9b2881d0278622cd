/**
 * Settings for a server that shares a small machine with the program itself.
 * Its log must not fill the disk nor show tenants' data: no statements, no values, no errors a client hears of anyway.
 */
export function serverSettings({ durable }: { durable: boolean }): Record<string, string> {
  return {
    max_connections: '100',
    shared_buffers: '128MB',
    work_mem: '8MB',
    maintenance_work_mem: '64MB',
    max_wal_size: '512MB',
    wal_level: 'minimal',
    max_wal_senders: '0',
    // Reads come from the system's cache; three more processes would only cost memory.
    io_method: 'sync',
    max_worker_processes: '4',
    max_parallel_workers: '2',
    max_parallel_workers_per_gather: '1',
    random_page_cost: '1.1',
    // Queues and upserts leave many dead rows behind.
    autovacuum_naptime: '15s',
    autovacuum_max_workers: '2',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    logging_collector: 'off',
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
}
