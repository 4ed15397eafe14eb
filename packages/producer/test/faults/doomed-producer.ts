// A program: produces until it is killed, and writes into a diary what it did and heard. Arguments: server, diary, first index.
import { connect } from "@stationkit/core-protocol";
import { createProducer } from "@stationkit/producer";
import { indexText } from "@stationkit/test-kit";
import { Diary } from "./diary.js";
import { PARTITIONS, STATION } from "./stage.js";

const [servers = "", file = "", first = "0"] = process.argv.slice(2);
const diary = new Diary(file);
const connection = await connect({ servers });
const producer = await createProducer(connection, {
  stationName: STATION,
  producerName: "doomed",
  station: { partitions: PARTITIONS },
});
for (let index = Number(first); ; index++) {
  diary.attempt(index);
  const delivery = await producer.produce({ message: indexText(index) });
  // A failure is a defect here: it ends the process, and the scenario tells.
  void delivery.acknowledged.then((ack) => {
    diary.acknowledge(index, ack);
  });
}
