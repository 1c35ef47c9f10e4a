// The one player of a page: it moves into the row whose message is played (seek, five seconds back and on, speed).

const STEP = 5;
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

/** `element` is that of `templates/_player.html`; `onPlay(button)` is told when the message of a button is heard. */
export class Player {
  constructor(element, onPlay) {
    this.element = element;
    this.audio = element.querySelector("audio");
    this.parts = Object.fromEntries([...element.querySelectorAll("[data-part]")].map((each) => [each.dataset.part, each]));
    this.sound = null;
    this.#listen(onPlay);
  }

  /** The button that the message was begun with; a list that is shown anew may have replaced it. */
  get button() {
    return this.sound && document.querySelector(`[data-sound="${CSS.escape(this.sound)}"]`);
  }

  /** Play what `button` (data-sound, data-seconds) names; pause it, or go on, where it is played already. */
  press(button) {
    if (this.sound === button.dataset.sound && !this.element.hidden) {
      this.#toggle();
      return;
    }
    this.close();
    this.sound = button.dataset.sound;
    this.seconds = Number(button.dataset.seconds) || 0;
    button.closest("[data-state]").append(this.element);
    this.element.hidden = false;
    this.parts.trouble.hidden = true;
    this.audio.src = this.sound;
    this.audio.playbackRate = Number(this.parts.speed.value);
    this.#toggle();
  }

  close() {
    const button = this.button;
    const within = this.element.contains(document.activeElement);
    this.audio.pause();
    this.element.hidden = true;
    this.#show();
    this.sound = null;
    if (within) button?.focus();
  }

  #toggle() {
    if (this.audio.paused || this.audio.ended) this.audio.play().catch(() => this.#show());
    else this.audio.pause();
  }

  #move(seconds) {
    this.audio.currentTime = Math.max(0, Math.min(this.audio.currentTime + seconds, this.#length()));
  }

  #length() {
    return Number.isFinite(this.audio.duration) ? this.audio.duration : this.seconds;
  }

  #listen(onPlay) {
    const { audio, parts } = this;
    for (const name of ["timeupdate", "play", "pause", "ended", "loadedmetadata", "seeked"])
      audio.addEventListener(name, () => this.#show());
    audio.addEventListener("playing", () => onPlay(this.button));
    audio.addEventListener("error", () => {
      parts.trouble.hidden = !this.sound;
    });
    parts.toggle.addEventListener("click", () => this.#toggle());
    parts.back.addEventListener("click", () => this.#move(-STEP));
    parts.on.addEventListener("click", () => this.#move(STEP));
    parts.position.addEventListener("input", () => {
      audio.currentTime = Number(parts.position.value);
    });
    parts.speed.addEventListener("change", () => {
      audio.playbackRate = Number(parts.speed.value);
    });
    parts.close.addEventListener("click", () => this.close());
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
  }

  #show() {
    const { audio, parts } = this;
    const told = `${clock(audio.currentTime)} / ${clock(this.#length())}`;
    parts.position.max = this.#length();
    parts.position.value = audio.currentTime;
    parts.position.setAttribute("aria-valuetext", told);
    parts.time.textContent = told;
    const playing = !audio.paused && !audio.ended;
    for (const each of [parts.toggle, this.button]) {
      if (!each) continue;
      each.dataset.playing = playing;
      each.setAttribute("aria-label", playing ? each.dataset.pause : each.dataset.play);
    }
  }
}
