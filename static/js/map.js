// The kitchens on licensed tiles. Points come for the box that is looked at, in the tiles' own coordinate system.

import * as L from '../vendor/leaflet/leaflet-src.esm.js';

const CELL = 48; // pixels: neighbours nearer than this are one sign with their number
const node = document.getElementById('map'), said = document.querySelector('.plan .said');
const chart = JSON.parse(document.getElementById('map-chart').textContent);
const { words } = chart;
const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (all, name) => (name in values ? values[name] : all));

node.hidden = false;
const map = L.map(node, { attributionControl: false, zoomControl: false, maxZoom: chart.mostZoom, zoomSnap: 1 });
L.control.zoom({ zoomInTitle: words.in, zoomOutTitle: words.out }).addTo(map);
L.tileLayer(chart.url, { subdomains: chart.subdomains, maxZoom: chart.mostZoom, referrerPolicy: 'origin' }).addTo(map);
const layer = L.layerGroup().addTo(map);
let points = [], asked = 0;

if (chart.focus) map.setView(chart.focus, Math.min(17, chart.mostZoom));
else if (chart.box) map.fitBounds(chart.box, { padding: [24, 24], maxZoom: 16 });
else map.setView([35, 105], 4);

function link([, , code, name, picture, list]) {
  const box = document.createElement('div'), a = document.createElement('a'), line = document.createElement('p');
  a.href = chart.kitchen.replace('-code-', code);
  a.textContent = name;
  a.lang = 'zh-Hans';
  line.textContent = [words[picture], words[list]].filter(Boolean).join(' · ');
  box.append(a, line);
  return box;
}

function draw() {
  layer.clearLayers();
  const cells = new Map(), zoom = map.getZoom();
  for (const point of points) {
    const at = map.project([point[0], point[1]], zoom);
    const cell = `${Math.floor(at.x / CELL)} ${Math.floor(at.y / CELL)}`;
    cells.set(cell, [...(cells.get(cell) || []), point]);
  }
  for (const group of cells.values()) {
    if (group.length === 1 || zoom >= chart.mostZoom) group.forEach(one);
    else many(group);
  }
}

function one(point) {
  const [latitude, longitude, , name, picture, list] = point;
  const icon = L.divIcon({ className: `spot ${picture} ${list}`, iconSize: [22, 22] });
  const title = [name, words[picture], words[list]].filter(Boolean).join(', ');
  L.marker([latitude, longitude], { icon, title, alt: title }).bindPopup(() => link(point)).addTo(layer);
}

function many(group) {
  const middle = [0, 1].map((axis) => group.reduce((sum, point) => sum + point[axis], 0) / group.length);
  const icon = L.divIcon({ className: 'spots', html: String(group.length), iconSize: [36, 36] });
  const title = fill(words.many, { n: group.length });
  L.marker(middle, { icon, title, alt: title })
    .on('click', () => map.fitBounds(L.latLngBounds(group.map(([a, b]) => [a, b])).pad(0.2), { maxZoom: chart.mostZoom }))
    .addTo(layer);
}

async function look() {
  const box = map.getBounds().pad(0.1), mine = ++asked;
  // Rounded outward, so that neighbours' looks share a cache's answer.
  const round = (value, up) => ((up ? Math.ceil : Math.floor)(value * 50) / 50).toFixed(2);
  const text = [round(box.getSouth()), round(box.getWest()), round(box.getNorth(), true), round(box.getEast(), true)].join(',');
  try {
    const answer = await fetch(`${chart.points}&box=${text}`, { credentials: 'same-origin' });
    if (!answer.ok || mine !== asked) return;
    const news = await answer.json();
    points = news.points;
    said.textContent = news.all > points.length ? fill(words.some, { n: points.length, all: news.all }) : '';
    draw();
  } catch (error) {
    // the list below has every address
  }
}

map.on('moveend', look);
map.on('zoomend', draw);
look();
if (chart.focus) L.circleMarker(chart.focus, { radius: 18, className: 'focus', interactive: false }).addTo(map);
