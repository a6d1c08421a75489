/** The ten themes: finer classes chosen by hand, clear and disjoint in meaning within a theme. */
export const THEME_CLASSES = {
  icons_arrows:
    'arrow up, arrow down, arrow left, arrow right, arrow up left, arrow up right, arrow down left, ' +
    'arrow down right, chevron up, chevron down, chevron left, chevron right, double chevron up, ' +
    'double chevron down, double chevron left, double chevron right, caret up, caret down, caret left, ' +
    'caret right, arrow up in a circle, arrow down in a circle, arrow left in a circle, ' +
    'arrow right in a circle, turn arrow down left, turn arrow down right, turn arrow up left, ' +
    'turn arrow up right, swap horizontal, swap vertical, move, expand, collapse, log in, log out, ' +
    'external link, trending up, trending down, refresh, shuffle',
  icons_media:
    'play, pause, stop, skip forward, skip back, fast forward, rewind, eject, shuffle, repeat, record, ' +
    'volume loud, volume quiet, volume off, microphone, microphone off, headphones, speaker, music note, ' +
    'disc, cast, airplay, play in a circle, pause in a circle, stop in a circle, video camera, ' +
    'video camera off, camera, camera off, film, image, television, playlist, equalizer, closed captions, ' +
    'voicemail, webcam, podcast, piano',
  icons_text:
    'bold, italic, underline, strikethrough, align left, align center, align right, align justify, ' +
    'bulleted list, numbered list, indent, outdent, heading, subscript, superscript, quote, link, ' +
    'broken link, paragraph, font size, highlighter, text color, spell check, ' +
    'hash sign, at sign, asterisk, translate, columns, table, code, eraser, clear formatting, ' +
    'paperclip, scissors, pencil',
  icons_files:
    'file, add file, remove file, checked file, deleted file, search file, download file, ' +
    'upload file, code file, image file, zip file, pdf file, locked file, folder, open folder, add folder, ' +
    'remove folder, checked folder, search folder, download folder, upload folder, locked folder, archive, ' +
    'clipboard, clipboard check, add to clipboard, clipboard list, book, bookmark, newspaper, ' +
    'save, trash, inbox, database, sticky note, notebook, copy, layers',
  icons_devices:
    'laptop, desktop computer, tablet, mobile phone, phone, keyboard, mouse, printer, server, hard drive, ' +
    'usb, watch, camera, webcam, headphones, headset, speaker, microphone, gamepad, ' +
    'router, wifi, bluetooth, full battery, empty battery, low battery, half battery, charging battery, ' +
    'processor, memory stick, sim card, plug, power, calculator, fingerprint, lightbulb, satellite, ' +
    'flashlight, robot',
  icons_commerce:
    'shopping cart, shopping bag, basket, credit card, wallet, tag, tags, gift, receipt, barcode, qr code, ' +
    'store, money, coins, dollar, euro, yen, pound, rupee, bitcoin, bank, piggy bank, percent, ' +
    'discount badge, ticket, truck, package, scale, bar chart, pie chart, line chart, calculator, ' +
    'briefcase, diamond, crown, medal, trophy, megaphone, gavel, handshake',
  icons_brands:
    'facebook, instagram, twitter, youtube, github, gitlab, linkedin, pinterest, reddit, slack, telegram, ' +
    'whatsapp, discord, twitch, dribbble, behance, figma, spotify, apple, android, windows, google, chrome, ' +
    'paypal, amazon, skype, snapchat, tiktok, medium, tumblr, vimeo, dropbox, wordpress, trello, codepen, ' +
    'google play, opera, npm, html5, threads',
  icons_places:
    'home, building, bank, hospital, school, store, factory, warehouse, bed, restaurant, coffee, beer, wine glass, ' +
    'church, castle, map, location, compass, globe, flag, car, bus, train, truck, plane, ship, bicycle, ' +
    'motorcycle, taxi, gas station, rocket, anchor, signpost, route, tent, mountain, traffic light, ' +
    'helicopter, elevator, ambulance',
  icons_nature:
    'sun, moon, cloud, rain cloud, snow cloud, storm cloud, sun behind cloud, moon behind cloud, lightning, ' +
    'wind, tornado, rainbow, umbrella, thermometer, drop, fire, leaf, tree, flower, potted plant, mountain, ' +
    'sunrise over horizon, sunset over horizon, star, planet, snowflake, fog, wave, fish, bird, cat, dog, paw, bug, feather, ' +
    'carrot, egg, atom, dna, beaker',
  icons_people:
    'user, users, add user, remove user, checked user, deleted user, user in a circle, user in a square, ' +
    'male, female, baby, wheelchair, accessibility, smiling face, sad face, neutral face, angry face, ' +
    'laughing face, surprised face, winking face, heart, thumbs up, thumbs down, hand, eye, eye closed, ear, ' +
    'brain, skull, ghost, glasses, id card, address book, t-shirt, handshake, running, walking, ' +
    'graduation cap, fingerprint',
} as const satisfies Readonly<Record<string, string>>;

/** Key of a theme. */
export type ThemeKey = keyof typeof THEME_CLASSES;

/** The class names of a theme, in the order of their labels. */
export function themeClasses(theme: ThemeKey): string[] {
  return THEME_CLASSES[theme].split(',').map((name) => name.trim());
}
