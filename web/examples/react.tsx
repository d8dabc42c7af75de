import { useState } from "react";
import { createRoot } from "react-dom/client";
import { MillraceViewer } from "../react/index.js";

const GROUPS = ["ticker", "client"];

function App() {
  const [group, setGroup] = useState("ticker");
  const [clicked, setClicked] = useState("");
  return (
    <>
      <h1>React</h1>
      <p>
        Grouped by{" "}
        <select
          value={group}
          onChange={(event) => setGroup(event.target.value)}
          aria-label="Group by"
        >
          {GROUPS.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>{" "}
        <output>{clicked}</output>
      </p>
      <MillraceViewer
        feed="stock_values"
        config={{ group_by: [group], columns: ["close", "volume"], aggregates: { close: "last" } }}
        onConfigUpdate={(config) => setGroup(config.group_by[0] ?? "ticker")}
        onClick={(detail) => setClicked(JSON.stringify(detail).slice(0, 120))}
      />
    </>
  );
}

const root = document.querySelector("#root");
if (root) createRoot(root).render(<App />);
