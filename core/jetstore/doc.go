// Package jetstore is the core.Store on NATS JetStream: on a server embedded in this process, without a port and with
// its files in one folder, or on an outside cluster that several bots share. Both go through the same code.
//
// There are three streams, each of which keeps the last entry of a subject: a map with compare-and-set.
//
//	bot_inbox    bot.inbox.SHARD.open.KEY   a message that is not finished
//	             bot.inbox.SHARD.done       which messages of this shard were finished in the last three days
//	bot_outbox   bot.outbox.KEY             a delivery
//	bot_values   bot.values.KEY             a value; its sequence number is the revision
//
// They are not JetStream's own key-value buckets because those deny deleting: each removed key would leave a marker,
// and one crash between marker and purge leaves it forever. Here removing is deleting one entry by its sequence number,
// which succeeds only while that entry is the last one of its key, so it is compare-and-set as well.
//
// KEY is a hash: a platform's id may hold any byte and have any length, a subject may not. SHARD is 12 bits of it. What
// was finished is remembered in 4,096 entries and not in one for each message, because the server keeps something in
// memory for each entry. With a million messages in three days such an entry is 3 KB long.
package jetstore
